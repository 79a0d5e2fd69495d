import {nativeModes} from '../../inventory/native/options.ts';
import {
  type Flags,
  filenameFlag,
  noHeadersFlag,
  scopeFlags,
  sourceFlags,
  type ValuesOf,
} from '../flags.ts';

/** What can be asked about the way off; the first one is meant if none is named. */
export const migrateTopics = [
  'plan',
  'labels',
  'patches',
  'bypass',
  'defaults',
  'runbook',
  'cleanup',
  'verify',
  'policies',
] as const;
export type MigrateTopic = (typeof migrateTopics)[number];

/** The output formats of each topic; the first one is the default. */
export const migrateFormats = {
  plan: ['table', 'wide', 'json', 'yaml', 'html'],
  labels: ['table', 'wide', 'json', 'yaml'],
  patches: ['patch', 'kustomize', 'json6902', 'table', 'json', 'yaml'],
  defaults: ['yaml'],
  runbook: ['markdown', 'html'],
  bypass: ['table'],
  cleanup: ['table'],
  verify: ['table', 'wide', 'json', 'yaml'],
  policies: ['yaml', 'json'],
} as const;

/** The versions that can be planned for: those without PodSecurityPolicies whose checks are known. */
const plannedVersions = Array.from({length: 13}, (_, index) => `v1.${25 + index}`);

/** What policies can be turned into. */
export const policyTargets = ['kubernetes', 'kyverno', 'gatekeeper'] as const;

/** The versions that can have admission policies in place of PodSecurityPolicies. */
export const nativeVersions = plannedVersions.filter(version => Number(version.slice(3)) >= 30);

/** The flags of `migrate`. */
export const migrateFlags = {
  to: {
    type: 'string',
    placeholder: 'v1.N',
    choices: [...plannedVersions, ...policyTargets],
    help: 'the version to go to (default: the next one without PodSecurityPolicies); policies: kubernetes (default), kyverno or gatekeeper, or the version that is to have them, as with --server v1.N',
  },
  level: {
    type: 'string',
    placeholder: 'LEVEL',
    choices: ['auto', 'baseline', 'restricted', 'privileged'],
    help: 'labels: the level (default auto: the strictest that the workloads meet); defaults: baseline (default), restricted or privileged',
  },
  stage: {
    type: 'string',
    placeholder: 'STAGE',
    choices: ['warn', 'audit', 'mutate', 'deny', 'enforce'],
    help: 'labels: set those up to warn (default), audit or enforce; policies --apply (default: the stage that the cluster is on, at first audit): audit warns, mutate and deny work in namespaces with the label psp.kubectl/stage, enforce everywhere',
  },
  check: {
    type: 'boolean',
    help: 'labels: also have the server try the pods of all templates, as the accounts that create them',
  },
  back: {type: 'boolean', help: 'labels: take those of the stage away again'},
  apply: {
    type: 'boolean',
    help: 'change the cluster, after a dry run, the list of changes and a question',
  },
  yes: {type: 'boolean', short: 'y', help: 'apply without asking'},
  for: {
    type: 'string',
    placeholder: 'GOAL',
    choices: ['psp', 'baseline', 'restricted'],
    help: 'patches: keep the pods as policies make them (default psp), or reach a level',
  },
  platform: {
    type: 'string',
    placeholder: 'NAME',
    choices: ['kubeadm', 'eks', 'gke', 'aks', 'rke2', 'k3s', 'rke', 'kops', 'openshift'],
    help: 'plan and runbook: what runs the control plane, where nothing gives it away',
  },
  cases: {
    type: 'string',
    placeholder: 'N',
    help: 'verify: the most pods to try, spread over all that there are (default 3000)',
  },
  mode: {
    type: 'string',
    placeholder: 'MODE',
    choices: nativeModes,
    help: 'policies: choose, write defaults and refuse (full, the default), only refuse (validate), or only tell (audit)',
  },
  static: {
    type: 'string',
    placeholder: 'DIR',
    completes: 'files',
    help: 'policies: write files into this folder that API servers of v1.37 read by themselves, and nobody can change over their API',
  },
  closeGaps: {
    type: 'boolean',
    help: 'policies: judge ephemeral containers and resizes too, which PodSecurityPolicy did not',
  },
  ...filenameFlag,
  ...scopeFlags,
  output: {
    type: 'string',
    short: 'o',
    placeholder: 'FORMAT',
    choices: [
      'table',
      'wide',
      'json',
      'yaml',
      'patch',
      'kustomize',
      'json6902',
      'markdown',
      'html',
    ],
    help: 'output format: table (default), wide, json, yaml, of the plan also html; of patches: patch (default), kustomize, json6902, table, json, yaml; of runbook: markdown (default), html; of policies: yaml (default), json',
  },
  ...noHeadersFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type MigrateFlags = ValuesOf<typeof migrateFlags>;
