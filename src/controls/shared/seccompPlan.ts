import {seccompContainerPrefix, seccompPodKey} from '../../kube/annotations.ts';
import {type PodView, seccompFieldText} from '../../kube/podView.ts';
import type {Release} from '../../kube/release.ts';
import {
  containersIn,
  type JudgedTemplate,
  type PlacedContainer,
  type PlannedStep,
  type PodEdit,
  setIn,
} from '../hardening.ts';
import {profileWords} from './profileSteps.ts';
import {hasSeccompField, runtimeDefault, sameProfile} from './seccompNames.ts';

/**
 * Seccomp is set if every container has a profile, even if the pod has none; the annotation that v1.19 and
 * later write for a pod-level field, under every policy, does not count.
 */
export function leavesProfileUnset({
  seccompField,
  seccompAnnotation,
  containers,
}: PodView): boolean {
  const isSet = seccompField !== undefined || Boolean(seccompAnnotation);
  return (
    !isSet && containers.some(own => (own.seccompField ?? own.seccompAnnotation) === undefined)
  );
}

/** How the pod as a whole is given the profile of the runtime. */
interface PodProfile {
  readonly says: string;
  /** Whatever else it has is gone. */
  readonly edits: readonly PodEdit[];
}

const byField: PodProfile = {
  says: 'set seccompProfile: {type: RuntimeDefault}',
  edits: [
    {kind: 'pod', field: 'seccompProfile', value: {type: 'RuntimeDefault'}},
    {kind: 'annotation', key: seccompPodKey},
  ],
};
const byAnnotation: PodProfile = {
  says: `set annotation ${seccompPodKey}: ${runtimeDefault}`,
  edits: [{kind: 'setAnnotation', key: seccompPodKey, value: runtimeDefault}],
};

/** The profile of the runtime for the pod; profiles of its own are for people to decide. */
export function planSeccomp(
  {template, view: {release}}: JudgedTemplate,
  _value: unknown,
  mustSay: boolean,
): readonly PlannedStep[] {
  const {annotations = {}} = template.metadata;
  const isOther = otherThanDefault(release);
  const profileIn = (context: Parameters<typeof seccompFieldText>[0]) =>
    hasSeccompField(release) ? seccompFieldText(context) : undefined;
  const field = profileIn(template.spec.securityContext?.seccompProfile);
  const annotation = annotations[seccompPodKey];
  const named = [field, annotation].filter(isOther);
  const places = containersIn(template).map(place => {
    const key = seccompContainerPrefix + place.name;
    const mine = profileIn(place.container.securityContext?.seccompProfile);
    return {place, key, profile: mine ?? annotations[key]};
  });
  const own = places.flatMap(({place, key, profile}) =>
    isOther(profile) ? [removal(place, key, profile)] : [],
  );
  const {says, edits} = hasSeccompField(release) ? byField : byAnnotation;
  const ofPod = {where: 'pod', says, edits};
  if (named.length > 0) return [{...ofPod, asks: profileWords(what, named).asks}, ...own];
  // A container whose own profile has to go will need the pod's.
  const silent = places.some(({profile}) => profile === undefined || isOther(profile));
  const isUnset = mustSay && silent && field === undefined && !annotation;
  return isUnset ? [{...ofPod, asks: undefined, edits: edits.slice(0, 1)}, ...own] : own;
}

const what = 'seccomp profile';

function removal(place: PlacedContainer, key: string, profile: string): PlannedStep {
  const edits = [setIn(place, 'seccompProfile', null), {kind: 'annotation', key} as const];
  return {where: place.where, ...profileWords(what, [profile]), edits};
}

/** Whether a profile is set that is not the runtime's, by any of the names that it has in the release. */
function otherThanDefault(release: Release): (profile: string | undefined) => profile is string {
  const names = [runtimeDefault, ...sameProfile(release)];
  return (profile): profile is string => profile !== undefined && !names.includes(profile);
}
