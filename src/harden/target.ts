import type {Control, ControlId} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import {seccompPodKey} from '../kube/annotations.ts';
import type {Policy} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {editsOf, evaluate, type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';

/** The Pod Security Standards that pods can be hardened to, from strict to open. */
export const hardenLevels = ['restricted', 'baseline'] as const;
export type HardenLevel = (typeof hardenLevels)[number];

/** What pods are hardened for: the built-in policy of a level, whole and control by control. */
export interface Target {
  readonly level: HardenLevel;
  readonly policy: Policy;
  readonly solos: readonly Solo[];
}

/** The policy with one control as the built-in policy has it and all others open. */
interface Solo {
  readonly control: Control;
  readonly prepared: PreparedPolicy;
  /** Whether the standard wants the pod itself to say what the policy would fill in. */
  readonly explicit: boolean;
}

/**
 * What the restricted standard wants to be set and the policy fills in (k8s.io/pod-security-admission
 * v0.24, policy/check_*_restricted.go, check_runAsNonRoot.go, check_allowPrivilegeEscalation.go). The
 * other fills, AppArmor's and SELinux's, say what holds anyway.
 */
const explicitIn: Readonly<Record<HardenLevel, readonly ControlId[]>> = {
  restricted: ['runAsUser', 'capabilities', 'allowPrivilegeEscalation', 'seccomp'],
  baseline: [],
};

export function targetOf(level: HardenLevel): Target {
  const policy = builtinPolicy(level, {appArmor: true});
  const open = controls.reduce((looser, control) => control.open(looser), policy);
  return {
    level,
    policy,
    solos: controls.map(control => ({
      control,
      prepared: preparePolicy(control.copy(policy, open)),
      explicit: explicitIn[level].includes(control.id),
    })),
  };
}

/** The controls that keep the pod out, or fill in what the standard wants it to say itself. */
export function unmet({level, solos}: Target, pod: PodView): readonly ControlId[] {
  return solos
    .filter(
      ({control, prepared, explicit}) =>
        evaluate(prepared, pod).errors.length > 0 ||
        (explicit && isFilled(control.id, prepared, pod)) ||
        (level === 'restricted' && control.id === 'runAsUser' && mayBeRoot(pod)),
    )
    .map(({control}) => control.id);
}

/**
 * Seccomp is set if every container has a profile, also without one of the pod; the annotation that v1.24
 * writes for a pod-level field, under every policy, does not count.
 */
function isFilled(id: ControlId, prepared: PreparedPolicy, pod: PodView): boolean {
  if (id === 'seccomp') {
    const isSet = pod.seccompField !== undefined || Boolean(pod.seccompAnnotation);
    return !isSet && pod.containers.some(container => !hasProfile(container));
  }
  return editsOf(prepared, pod).some(({at}) => at.at(-1) !== seccompPodKey);
}

function hasProfile({seccompField, seccompAnnotation}: ContainerView): boolean {
  return (seccompField ?? seccompAnnotation) !== undefined;
}

/**
 * In these the standard is stricter than what a policy can say: it wants runAsNonRoot even beside a
 * user, and looks at the pod's own fields even if every container has others (check_runAsNonRoot.go and
 * check_runAsUser.go, v0.24).
 */
function mayBeRoot({pod, containers}: PodView): boolean {
  const own = pod.spec.securityContext;
  return (
    own?.runAsUser === 0 ||
    own?.runAsNonRoot === false ||
    containers.some(({runAsNonRoot}) => runAsNonRoot !== true)
  );
}
