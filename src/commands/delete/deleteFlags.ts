import {applyFlags, type Flags, sourceFlags, type ValuesOf} from '../flags.ts';

/** The flags of `delete`. */
export const deleteFlags = {
  keepGrants: {
    type: 'boolean',
    help: 'leave the roles and bindings that only grant this policy',
  },
  ...applyFlags,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type DeleteFlags = ValuesOf<typeof deleteFlags>;
