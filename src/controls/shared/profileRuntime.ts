import type {RuntimeStates} from '../runtime.ts';

const unconfined = 'unconfined';

/**
 * Profiles that confine a container, by their names: unconfined allows most; what a profile of the runtime
 * or of a node holds back is not known, so any two of those are incomparable.
 */
export const profileStates: RuntimeStates<string> = {
  atMost: (one, other) => one === other || other === unconfined,
  says: profile => profile,
  // k8s.io/cri-api, runtime/v1/api.proto, LinuxContainerSecurityContext.privileged: "AppArmor
  // confinement is not applied", "Seccomp restrictions are not applied".
  overruledBy: 'privileged',
};
