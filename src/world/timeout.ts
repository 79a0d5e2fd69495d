import {exitCodes, UserError} from '../errors.ts';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * kubectl's `--request-timeout` in milliseconds, 0 for none: whole seconds, or Go's notation:
 * `1s`, `2m`, `1h30m` (client-go tools/clientcmd/helpers.go ParseTimeout).
 */
export function parseTimeout(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new UserError(
      `--request-timeout ${JSON.stringify(text)} is not a duration: give whole seconds, or a number with a unit such as 1s, 2m or 3h (0: no limit)`,
      exitCodes.usage,
    );
  }
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}
