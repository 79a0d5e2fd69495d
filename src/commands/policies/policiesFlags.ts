import {releaseNames} from '../../kube/release.ts';
import {type Flags, outputFlag} from '../flags.ts';

/** The output formats of `policies`. */
export const policiesFormats = ['yaml', 'json', 'name'] as const;

/** The flags of `policies`. */
export const policiesFlags = {
  noApparmor: {
    type: 'boolean',
    help: 'leave out AppArmor: nodes without it refuse pods that name a profile',
  },
  kubernetesVersion: {
    type: 'string',
    placeholder: 'VERSION',
    choices: releaseNames,
    help: 'the Kubernetes that is to store them, from v1.16 to v1.24 (default v1.24)',
  },
  ...outputFlag(...policiesFormats),
} as const satisfies Flags;
