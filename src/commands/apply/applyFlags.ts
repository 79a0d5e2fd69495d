import {applyFlags, type Flags, filenameFlag, sourceFlags, type ValuesOf} from '../flags.ts';

/** The flags of `apply`. */
export const applyPoliciesFlags = {
  ...filenameFlag,
  ...applyFlags,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type ApplyPoliciesFlags = ValuesOf<typeof applyPoliciesFlags>;
