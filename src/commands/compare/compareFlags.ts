import {releaseNames} from '../../kube/release.ts';
import {type Flags, noHeadersFlag, outputFlag} from '../flags.ts';

/** The output formats of `compare`. */
export const compareFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** The flags of `compare`. */
export const compareFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    placeholder: 'NS',
    completes: 'namespaces',
    help: 'the namespace of objects that name none (default: default)',
  },
  kubernetesVersion: {
    type: 'string',
    placeholder: 'VERSION',
    choices: releaseNames,
    help: 'the Kubernetes that both are for, from v1.16 to v1.24 (default v1.24)',
  },
  failOnRise: {type: 'boolean', help: 'exit with 1 if a privilege rises'},
  ...outputFlag(...compareFormats),
  ...noHeadersFlag,
} as const satisfies Flags;
