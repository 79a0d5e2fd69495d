import {type Flags, noHeadersFlag, outputFlag, sourceFlags, type ValuesOf} from '../flags.ts';

/** The output formats of `diff`. */
export const diffFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** The flags of `diff`. */
export const diffFlags = {
  all: {type: 'boolean', help: 'list equal controls too'},
  ...outputFlag(...diffFormats),
  ...noHeadersFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type DiffFlags = ValuesOf<typeof diffFlags>;
