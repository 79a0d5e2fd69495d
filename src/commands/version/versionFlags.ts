import {type Flags, outputFlag, sourceFlags, type ValuesOf} from '../flags.ts';

/** The output formats of `version`. */
export const versionFormats = ['text', 'wide', 'json', 'yaml'] as const;

/** The flags of `version`. */
export const versionFlags = {
  ...outputFlag(...versionFormats),
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type VersionFlags = ValuesOf<typeof versionFlags>;
