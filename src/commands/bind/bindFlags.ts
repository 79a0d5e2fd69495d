import {applyFlags, type Flags, outputFlag, sourceFlags, type ValuesOf} from '../flags.ts';

/** The output formats of `bind` and `unbind`. */
export const bindFormats = ['text', 'yaml', 'json'] as const;

/** The flags that `bind` and `unbind` share. */
const grantFlags = {
  to: {
    type: 'list',
    placeholder: 'SUBJECT',
    completes: 'subjects',
    help: 'sa:NS/NAME, ns:NS (all service accounts of NS), group:NAME or user:NAME (repeatable)',
  },
  ...applyFlags,
  ...outputFlag(...bindFormats),
  ...sourceFlags,
} as const satisfies Flags;

/** The flags of `bind`. */
export const bindFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    placeholder: 'NS',
    completes: 'namespaces',
    help: 'the namespace to grant it in',
  },
  role: {
    type: 'string',
    placeholder: 'NAME',
    help: 'name of the role and the binding (default psp:POLICY)',
  },
  like: {
    type: 'string',
    placeholder: 'OTHER',
    completes: 'policies',
    help: 'all who may use this other policy, each where they may; with -n, by the bindings there',
  },
  ...grantFlags,
} as const satisfies Flags;

/** Their values. */
export type BindFlags = ValuesOf<typeof bindFlags>;

/** The flags of `unbind`. */
export const unbindFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    placeholder: 'NS',
    completes: 'namespaces',
    help: 'only bindings in this namespace',
  },
  ...grantFlags,
} as const satisfies Flags;

/** Their values. */
export type UnbindFlags = ValuesOf<typeof unbindFlags>;
