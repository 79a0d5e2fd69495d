import {type Flags, outputFlag, sourceFlags, type ValuesOf} from '../flags.ts';

/** The output formats of `bind` and `unbind`. */
export const bindFormats = ['text', 'yaml', 'json'] as const;

/** What `--dry-run` takes. */
export const dryRuns = ['none', 'client', 'server'] as const;

/** The flags that `bind` and `unbind` share. */
const grantFlags = {
  to: {
    type: 'list',
    placeholder: 'SUBJECT',
    completes: 'subjects',
    help: 'sa:NS/NAME, ns:NS (all service accounts of NS), group:NAME or user:NAME (repeatable)',
  },
  yes: {type: 'boolean', short: 'y', help: 'apply without asking'},
  dryRun: {
    type: 'string',
    placeholder: 'MODE',
    help: 'client (show what would be done; the default) or server (have the server try it)',
    implied: 'client',
    choices: dryRuns,
  },
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
