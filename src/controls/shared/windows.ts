import type {PodView} from '../../kube/podView.ts';

/**
 * Whether the pod says that it is for Windows. The API server then refuses any field in it that only
 * Linux has: a policy must not fill one in (pkg/apis/core/validation/validation.go, validateWindows, v1.24).
 */
export function takesNoLinuxFields({pod}: PodView): boolean {
  return pod.spec.os?.name === 'windows';
}
