import {scopes} from '../../advice/scope.ts';
import {releaseNames} from '../../kube/release.ts';
import {
  type Flags,
  filenameFlag,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  selectorFlag,
  sourceFlags,
  type ValuesOf,
} from '../flags.ts';

/** The formats in which a policy is held against what its pods need. */
export const excessFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** The formats in which hardening patches are printed. */
export const hardenFormats = ['yaml', 'json', 'table', 'kustomize'] as const;

/** The formats in which advised policies are printed. */
export const adviceFormats = ['yaml', 'json', 'table', 'name'] as const;

/** The flags of `advise`. */
export const adviseFlags = {
  ...filenameFlag,
  ...scopeFlags,
  ...selectorFlag,
  for: {
    type: 'string',
    placeholder: 'SCOPE',
    help: `make one policy for each ${scopes.join(', ')} (default service-account)`,
    choices: scopes,
  },
  maxPolicies: {
    type: 'string',
    placeholder: 'N',
    help: 'at most N policies, shared so that the least excess privilege is allowed',
  },
  reuse: {
    type: 'boolean',
    help: 'name the tightest existing policy; write a new one only where it is tighter',
  },
  compare: {
    type: 'string',
    placeholder: 'POLICY',
    completes: 'policies',
    help: 'show how far a policy goes beyond what the pods bound to it need',
  },
  harden: {
    type: 'string',
    placeholder: 'LEVEL',
    choices: ['restricted', 'baseline'],
    implied: 'restricted',
    help: 'patch the pods so that they run under restricted (the default) or baseline',
  },
  forUpgrade: {
    type: 'string',
    placeholder: 'v1.N',
    choices: releaseNames,
    help: 'policies that are right now and after an upgrade to this release; says where there is none',
  },
  grant: {type: 'boolean', help: 'also write roles and bindings that let the accounts use them'},
  allowDefaults: {
    type: 'boolean',
    help: 'allow policies that fill in unset fields (drop ALL, no escalation, non-root, seccomp)',
  },
  output: {
    ...outputFlag(...adviceFormats, 'wide', 'kustomize').output,
    help: `output format: ${adviceFormats.join(', ')} (default yaml); with --compare ${excessFormats.join(', ')}; with --harden ${hardenFormats.join(', ')}`,
  },
  ...noHeadersFlag,
  ...sourceFlags,
} as const satisfies Flags;

export type AdviseFlags = ValuesOf<typeof adviseFlags>;
