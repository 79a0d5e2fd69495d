import {
  type Flags,
  filenameFlag,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  settingsFlag,
  sourceFlags,
  staticFlag,
  type ValuesOf,
} from '../flags.ts';

/** The output formats of `try`. */
export const tryFormats = ['table', 'wide', 'name', 'json', 'yaml'] as const;

/** The flags of `try`. */
export const tryFlags = {
  ...filenameFlag,
  delete: {
    type: 'list',
    placeholder: 'POLICY',
    completes: 'policies',
    help: 'try it without this policy (repeatable)',
  },
  prune: {type: 'boolean', help: 'try it without objects that only the manifests of --from have'},
  ...scopeFlags,
  ...outputFlag(...tryFormats),
  ...noHeadersFlag,
  ...settingsFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type TryFlags = ValuesOf<typeof tryFlags>;
