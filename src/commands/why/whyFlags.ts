import {
  type Flags,
  filenameFlag,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  selectorFlag,
  settingsFlag,
  sourceFlags,
  staticFlag,
  type ValuesOf,
  watchFlag,
} from '../flags.ts';

/** The output formats. */
export const whyFormats = ['table', 'wide', 'name', 'json', 'yaml'] as const;

/** The flags of `why`. */
export const whyFlags = {
  ...filenameFlag,
  ...scopeFlags,
  ...selectorFlag,
  ...outputFlag(...whyFormats),
  ...noHeadersFlag,
  all: {
    type: 'boolean',
    help: 'of pods that are named: also list the policies that they may not use',
  },
  ...watchFlag,
  showLabels: {type: 'boolean', help: 'show the labels in a last column'},
  failOnDenied: {
    type: 'boolean',
    help: 'exit with 1 if a pod or workload is denied, with 3 if objects of the files are not judged',
  },
  allowUnread: {
    type: 'boolean',
    help: 'let --fail-on-denied pass though objects of the files are not judged',
  },
  failOnUnknown: {
    type: 'boolean',
    help: 'exit with 1 if what was read does not tell whether one is admitted, or by what, or what runs',
  },
  assumeAuthorized: {type: 'boolean', help: 'assume that every pod may use every policy'},
  requester: {
    type: 'string',
    placeholder: 'USER[,GROUP...]|me',
    help: 'who creates bare pods (default: you, for -f on a live cluster; else nobody knows)',
  },
  ...settingsFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type WhyFlags = ValuesOf<typeof whyFlags>;
