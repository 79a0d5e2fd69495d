import {appArmorContainerPrefix} from '../../kube/annotations.ts';
import {goQuote} from '../../kube/goQuote.ts';
import type {Container, Pod} from '../../kube/pod.ts';
import {containerName, containersOf, type Refusal, type StandardCheck} from '../check.ts';
import {bytewise} from '../order.ts';
import {containersText, plural, quoted, sortedSet} from '../wording.ts';

/**
 * The runtime's AppArmor profile or one of the node, by annotation or by field, whatever the version
 * (policy/check_appArmorProfile.go, v1.37).
 */
export const appArmorProfileCheck: StandardCheck = {
  id: 'appArmorProfile',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const ofPod = forbiddenType(pod.spec.securityContext);
  const bad = containersOf(pod).filter(container => typeOf(container) !== undefined);
  const annotations = forbiddenAnnotations(pod);
  const setters = [
    ...(ofPod === undefined ? [] : ['pod']),
    ...(bad.length > 0 ? [containersText(bad.map(containerName))] : []),
    ...(annotations.length > 0 ? [plural(annotations.length, 'annotation')] : []),
  ];
  if (setters.length === 0) return undefined;
  const types = [ofPod, ...bad.map(typeOf)].filter(type => type !== undefined);
  const values = [...sortedSet(types), ...annotations];
  return {
    reason: plural(values.length, 'forbidden AppArmor profile'),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function typeOf({securityContext}: Container): string | undefined {
  return forbiddenType(securityContext);
}

/** The type of the field if it is not allowed. */
function forbiddenType(context: Container['securityContext'] | Pod['spec']['securityContext']) {
  if (context?.appArmorProfile === undefined) return undefined;
  const {type = ''} = context.appArmorProfile;
  return type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type;
}

/** Also those for containers that there are not. */
function forbiddenAnnotations({metadata}: Pod): readonly string[] {
  return Object.entries(metadata.annotations ?? {})
    .filter(([key, value]) => key.startsWith(appArmorContainerPrefix) && !isAllowed(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
    .sort(bytewise);
}

function isAllowed(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}
