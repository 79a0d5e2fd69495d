import {type Flags, outputFlag, scopeFlags, sourceFlags, type ValuesOf} from '../flags.ts';

/** The output formats. */
export const checkFormats = ['table', 'json', 'yaml'] as const;

const {namespace} = scopeFlags;

/** The flags of `check`. */
export const checkFlags = {
  namespace,
  ...outputFlag(...checkFormats),
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type CheckFlags = ValuesOf<typeof checkFlags>;
