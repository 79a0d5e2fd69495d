import {createContext} from 'react';
import type {Freshness} from '../inventory/follow/followCluster.ts';
import {absenceText, gapText, isAbsence} from '../inventory/gaps.ts';
import type {Gap} from '../inventory/inventory.ts';
import {plainTheme, type Theme} from './paint.ts';

/** How to write in colours; none where nobody said. */
export const ThemeContext = createContext<Theme>(plainTheme);

/** How current the data are, in few words; the time of day is the terminal's. */
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
  return new Date(iso).toTimeString().slice(0, 8);
}

/** What could not be read, in one line; undefined if nothing is missing. */
export function gapsText(gaps: readonly Gap[]): string | undefined {
  if (gaps.length === 0) return undefined;
  const names = new Set(gaps.filter(gap => !isAbsence(gap)).map(({resource}) => resource));
  const missing = [...names, ...(absenceText(gaps) ?? [])];
  return `incomplete: ${missing.join(', ')} (:gaps says why)`;
}

/** Each thing that could not be read, and why. */
export function gapLines(gaps: readonly Gap[]): readonly string[] {
  if (gaps.length === 0) return ['Everything could be read.'];
  return [
    'These could not be read, so answers that depend on them are incomplete:',
    '',
    ...gaps.map(gap => `  ${gapText(gap)}`),
    '',
    'r reads again.',
  ];
}
