import {releaseNames} from '../../kube/release.ts';
import {
  type Flags,
  outputFlag,
  scopeFlags,
  sourceFlags,
  staticFlag,
  type ValuesOf,
} from '../flags.ts';

/** The output formats. */
export const checkFormats = ['table', 'json', 'yaml'] as const;

const {namespace} = scopeFlags;

/** The flags of `check`. */
export const checkFlags = {
  namespace,
  to: {
    type: 'string',
    placeholder: 'v1.N',
    choices: releaseNames,
    help: 'the release whose rules are compared with those of now (default: the next one)',
  },
  ...outputFlag(...checkFormats),
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type CheckFlags = ValuesOf<typeof checkFlags>;
