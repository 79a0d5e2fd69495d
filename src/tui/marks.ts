import type {Freshness} from '../inventory/live.ts';
import type {Tone} from './rows.ts';

/** Colours by meaning; undefined is the terminal's own. Words and signs carry the meaning too. */
export const toneColors: Readonly<Record<Tone, string | undefined>> = {
  plain: undefined,
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  dim: undefined,
};

/** How current the data are, in few words. */
export function freshnessText(freshness: Freshness): string {
  switch (freshness.state) {
    case 'loading':
      return `reading ${freshness.resource} (${freshness.count})`;
    case 'live':
      return `live ${timeOf(freshness.at)}`;
    case 'stale':
      return `STALE since ${timeOf(freshness.since)}`;
    case 'fixed':
      return freshness.at === undefined ? 'files' : `taken ${freshness.at.slice(0, 16)}`;
  }
}

function timeOf(iso: string): string {
  return iso.slice(11, 19);
}
