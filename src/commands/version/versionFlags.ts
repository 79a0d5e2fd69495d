import {type Flags, outputFlag} from '../flags.ts';

/** The output formats of `version`. */
export const versionFormats = ['text', 'json', 'yaml'] as const;

/** The flags of `version`. */
export const versionFlags = {...outputFlag(...versionFormats)} as const satisfies Flags;
