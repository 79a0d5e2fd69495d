import {seccompContainerPrefix, seccompPodKey} from '../../kube/annotations.ts';
import type {Edit} from '../../kube/edits.ts';
import type {SeccompProfile} from '../../kube/pod.ts';
import type {ContainerView, PodView} from '../../kube/podView.ts';
import {type Fix, type Grounds, securityFieldOf, withoutAnnotation} from '../objection.ts';
import {hasSeccompField} from './seccompNames.ts';

/** What a policy says of seccomp profiles. */
interface SeccompRule {
  /** The profiles of its list, as they stand there; none if it lets none be set. */
  readonly names: readonly string[];
}

const podField = 'spec.securityContext.seccompProfile';

/** Why the profile of the pod itself is refused; '' is none. */
export function podSeccompGrounds(pod: PodView, profile: string, rule: SeccompRule): Grounds {
  const isGiven = pod.seccompField === undefined && !pod.seccompAnnotation;
  return {
    at: undefined,
    where:
      pod.seccompAnnotation || !hasSeccompField(pod.release)
        ? annotationOf(seccompPodKey)
        : podField,
    ...words(profile, isGiven, rule),
    fix: () => fixOfPod(pod, rule),
  };
}

/** Why the profile of a container is refused: its own, or that of the pod. */
export function containerSeccompGrounds(
  container: ContainerView,
  pod: PodView,
  profile: string,
  rule: SeccompRule,
): Grounds {
  const key = seccompContainerPrefix + container.name;
  const own =
    container.seccompField !== undefined
      ? securityFieldOf(container, 'seccompProfile')
      : container.seccompAnnotation === undefined
        ? undefined
        : annotationOf(key);
  const pods = podSeccompGrounds(pod, profile, rule);
  if (own === undefined) {
    const isSilent = profile === '' && !pod.seccompAnnotation && pod.seccompField === undefined;
    const mine = hasSeccompField(pod.release)
      ? securityFieldOf(container, 'seccompProfile')
      : annotationOf(key);
    return {...pods, at: container, where: isSilent ? mine : pods.where};
  }
  return {
    at: container,
    where: own,
    ...words(profile, false, rule),
    fix: () => ({says: 'remove its own seccomp profile', edits: withoutOwn(container, pod)}),
  };
}

function words(
  profile: string,
  isGiven: boolean,
  {names}: SeccompRule,
): Pick<Grounds, 'does' | 'value' | 'allowed'> {
  const allowed = names.join(', ') || 'none';
  if (profile === '') return {does: 'no seccomp profile is set', value: '', allowed};
  return {does: `${isGiven ? 'is given' : 'has'} seccomp profile`, value: profile, allowed};
}

function annotationOf(key: string): string {
  return `metadata.annotations[${key}]`;
}

/** Sets a profile for the pod that the policy allows, or removes the one that it has. */
function fixOfPod(pod: PodView, {names}: SeccompRule): Fix {
  const [name] = names;
  if (name === undefined) {
    return {says: 'remove its seccomp profile', isOfPod: true, edits: fieldEdits(pod, undefined)};
  }
  if (!hasSeccompField(pod.release)) {
    const annotations = {...pod.annotations, [seccompPodKey]: name};
    return {
      says: `set annotation ${seccompPodKey}: ${name}`,
      isOfPod: true,
      edits: [{at: ['metadata', 'annotations'], value: annotations}],
    };
  }
  const profile = profileNamed(name);
  const text = Object.entries(profile).flatMap(([k, v]) => (v ? [`${k}: ${v}`] : []));
  return {
    says: `set seccompProfile: {${text.join(', ')}}`,
    isOfPod: true,
    edits: fieldEdits(pod, profile),
  };
}

function fieldEdits(pod: PodView, profile: SeccompProfile | undefined): readonly Edit[] {
  return [
    {at: ['spec', 'securityContext', 'seccompProfile'], value: profile},
    withoutAnnotation(pod, seccompPodKey),
  ];
}

function withoutOwn({list, index, name}: ContainerView, pod: PodView): readonly Edit[] {
  return [
    {at: ['spec', list, index, 'securityContext', 'seccompProfile'], value: undefined},
    withoutAnnotation(pod, seccompContainerPrefix + name),
  ];
}

/** The field that says what a name in a policy says (pkg/api/pod/util.go, v1.24). */
function profileNamed(name: string): SeccompProfile {
  const local = /^localhost\/(.*)$/s.exec(name)?.[1];
  if (local !== undefined) return {type: 'Localhost', localhostProfile: local};
  return {
    type: name === 'unconfined' ? 'Unconfined' : 'RuntimeDefault',
    localhostProfile: undefined,
  };
}
