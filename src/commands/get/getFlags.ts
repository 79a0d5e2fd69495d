import {
  type Flags,
  noHeadersFlag,
  outputFlag,
  sourceFlags,
  staticFlag,
  type ValuesOf,
} from '../flags.ts';

/** The output formats of `get`. */
export const getFormats = ['table', 'name', 'yaml', 'json'] as const;

/** The flags of `get`. */
export const getFlags = {
  ...outputFlag(...getFormats),
  ...noHeadersFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type GetFlags = ValuesOf<typeof getFlags>;
