import {seccompContainerPrefix, seccompPodKey} from '../../kube/annotations.ts';
import {goQuote} from '../../kube/goQuote.ts';
import type {Pod, SeccompProfile} from '../../kube/pod.ts';
import {
  containerName,
  containersOf,
  isForWindows,
  namesWhere,
  type Refusal,
  type StandardCheck,
} from '../check.ts';
import {containersText, plural, quoted, settersText, sortedSet} from '../wording.ts';

/** If there is a profile, the runtime's or one of the node (policy/check_seccompProfile_baseline.go, v1.37). */
export const seccompProfileBaselineCheck: StandardCheck = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  rows: [
    {since: 0, refuse: refuseAnnotations},
    {since: 19, refuse: refuseFields},
  ],
};

/** And there must be one (policy/check_seccompProfile_restricted.go, v1.37). */
export const seccompProfileRestrictedCheck: StandardCheck = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  replaces: 'seccompProfile_baseline',
  rows: [
    {since: 19, refuse: requireFields},
    {since: 25, refuse: pod => (isForWindows(pod) ? undefined : requireFields(pod))},
  ],
};

const reason = 'seccompProfile';

function refuseAnnotations(pod: Pod): Refusal | undefined {
  const {annotations = {}} = pod.metadata;
  const keys = [
    seccompPodKey,
    ...containersOf(pod).map(container => seccompContainerPrefix + containerName(container)),
  ];
  const forbidden = keys.flatMap(key => {
    const value = annotations[key];
    return value === undefined || isAllowedAnnotation(value) ? [] : [`${key}=${goQuote(value)}`];
  });
  const texts = sortedSet(forbidden);
  if (texts.length === 0) return undefined;
  return {reason, detail: `forbidden ${plural(texts.length, 'annotation')} ${texts.join(', ')}`};
}

function isAllowedAnnotation(value: string): boolean {
  return (
    value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
  );
}

function refuseFields(pod: Pod): Refusal | undefined {
  const ofPod = forbiddenType(pod.spec.securityContext?.seccompProfile);
  const bad = containersOf(pod).flatMap(container => {
    const type = forbiddenType(container.securityContext?.seccompProfile);
    return type === undefined ? [] : [{type, name: containerName(container)}];
  });
  const setters = settersText(
    ofPod !== undefined,
    bad.map(({name}) => name),
  );
  if (setters === '') return undefined;
  const types = [...(ofPod === undefined ? [] : [ofPod]), ...bad.map(({type}) => type)];
  const values = quoted(sortedSet(types));
  return {
    reason,
    detail: `${setters} must not set securityContext.seccompProfile.type to ${values}`,
  };
}

function requireFields(pod: Pod): Refusal | undefined {
  const refusal = refuseFields(pod);
  if (refusal !== undefined || pod.spec.securityContext?.seccompProfile !== undefined)
    return refusal;
  const silent = namesWhere(
    pod,
    ({securityContext}) => securityContext?.seccompProfile === undefined,
  );
  if (silent.length === 0) return undefined;
  const what = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return {reason, detail: `pod or ${containersText(silent)} ${what}`};
}

/** The profile's type if it is not allowed; undefined if it is, or if there is no profile. */
function forbiddenType(profile: SeccompProfile | undefined): string | undefined {
  if (profile === undefined) return undefined;
  const {type = ''} = profile;
  return type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type;
}
