import {type Flags, outputFlag} from '../flags.ts';

/** The output formats of `policies`. */
export const policiesFormats = ['yaml', 'json', 'name'] as const;

/** The flags of `policies`. */
export const policiesFlags = {
  noApparmor: {
    type: 'boolean',
    help: 'leave out AppArmor: nodes without it refuse pods that name a profile',
  },
  ...outputFlag(...policiesFormats),
} as const satisfies Flags;
