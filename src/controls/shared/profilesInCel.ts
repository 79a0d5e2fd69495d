import {allOf, type Cel, cel} from '../../cel/cel.ts';
import {appArmorContainerPrefix, seccompContainerPrefix} from '../../kube/annotations.ts';
import type {CelFacet, CelPatch, CelRules} from '../celFacet.ts';
import {faultText, ofContainer, ofPod, seccompText} from './celNames.ts';

/** The profile is looked up once: it takes a long expression. */
function profileFault(kind: string, profile: Cel, allowed: string): Cel {
  const says = cel`p == '' ? ${`has no ${kind} profile`} : ${`has ${kind} profile `} + p`;
  return faultText(cel`[${profile}].map(p, ${says})[0]`, allowed);
}

/** What a seccomp profile is called in a policy, and which are let through. */
export interface SeccompRule {
  /** undefined lets all through. */
  readonly profiles: readonly string[] | undefined;
  readonly fill: string;
  /** In words. */
  readonly allowed: string;
}

const podSeccomp = ofPod('seccompProfile');
const ownSeccomp = ofContainer('seccompProfile');
const annotated = cel`variables.seccompAnnotations[?${seccompContainerPrefix} + c.name]`;

export function seccompRules({profiles, fill, allowed}: SeccompRule): CelRules | undefined {
  const writes = fill === '' ? {} : {writes: {seccompProfile: cel`${fill}`}};
  const isUnset = (profile: Cel) => cel`${profile} == '' && !${podSeccomp}.hasValue()`;
  const orFill = (profile: Cel) =>
    fill === '' ? profile : cel`${isUnset(profile)} ? ${fill} : ${profile}`;
  const [pod, shared] = [cel`variables.podSeccomp`, cel`variables.sharedSeccomp`];
  if (profiles === undefined) {
    if (fill === '') return undefined;
    const unset = {unchanged: cel`!(${isUnset(pod)})`, filled: cel`true`};
    return {pod: {...unset, fault: faultText(cel`'has no seccomp profile'`, 'any')}, ...writes};
  }
  const own = (otherwise: Cel) =>
    cel`${ownSeccomp}.optMap(s, ${seccompText}).or(${annotated}).orValue(${otherwise})`;
  const says = (profile: Cel) => profileFault('seccomp', profile, allowed);
  return {
    pod: {
      // An unset profile that is let through is written all the same, if there is a default.
      unchanged: allOf([
        cel`${pod} in ${profiles}`,
        ...(fill === '' ? [] : [cel`!(${isUnset(pod)})`]),
      ]),
      filled: cel`${orFill(pod)} in ${profiles}`,
      fault: says(pod),
    },
    container: {
      unchanged: cel`${own(shared)} in ${profiles}`,
      filled: cel`${own(orFill(shared))} in ${profiles}`,
      fault: says(own(shared)),
    },
    ...writes,
  };
}

/**
 * Besides the default, the annotations of old become fields, as API servers up to v1.26 did after admission
 * (pkg/registry/core/pod/strategy.go, applySeccompVersionSkew, v1.24).
 */
export const seccompPatches: Readonly<Record<string, CelPatch>> = {
  seccompProfile: {
    at: ['pod', 'seccompProfile'],
    when: given => cel`!${podSeccomp}.hasValue() && ${isKnown(wanted(given))}`,
    value: given => fieldOf(wanted(given)),
    always: true,
  },
  containerSeccomp: {
    at: ['container', 'seccompProfile'],
    when: () => cel`!${ownSeccomp}.hasValue() && ${isKnown(cel`${annotated}.orValue('')`)}`,
    value: () => fieldOf(cel`${annotated}.orValue('')`),
    always: true,
  },
};

function wanted(given: Cel): Cel {
  const annotation = cel`variables.podSeccompAnnotation`;
  return cel`${annotation} != '' ? ${annotation} : ${given}.orValue('')`;
}

const sameAsDefault = ['runtime/default', 'docker/default'] as const;

function isKnown(profile: Cel): Cel {
  return cel`${profile} in ${[...sameAsDefault, 'unconfined']} || ${profile}.startsWith('localhost/')`;
}

function fieldOf(profile: Cel): Cel {
  return cel`${profile} in ${sameAsDefault} ? {'type': 'RuntimeDefault'} : ${profile} == 'unconfined' ? {'type': 'Unconfined'} : {'type': 'Localhost', 'localhostProfile': ${profile}.replace('localhost/', '', 1)}`;
}

interface AppArmorRule {
  readonly allowed: string | undefined;
  readonly fill: string;
}

const appArmorKey = cel`variables.annotations[?${appArmorContainerPrefix} + c.name].orValue('')`;

/** The annotation, else the fields that took its place in v1.30: the container's, then the pod's. */
function appArmorOf(unset: string): Cel {
  const field = cel`${ofContainer('appArmorProfile')}.optMap(s, ${seccompText})`;
  const pod = cel`variables.podAppArmor`;
  const shared = unset === '' ? pod : cel`${pod} != '' ? ${pod} : ${unset}`;
  return cel`${appArmorKey} != '' ? ${appArmorKey} : ${field}.orValue(${shared})`;
}

export const appArmorInCel: CelFacet<AppArmorRule> = {
  rules({allowed, fill}) {
    if (allowed === undefined && fill === '') return undefined;
    const profile = appArmorOf('');
    const names = allowed?.split(',').filter(name => name !== '');
    const words = names?.join(', ') || 'any';
    return {
      container: {
        unchanged: names === undefined ? cel`${profile} != ''` : cel`${profile} in ${names}`,
        filled: names === undefined ? cel`true` : cel`${appArmorOf(fill)} in ${names}`,
        fault: profileFault('AppArmor', profile, words),
      },
      ...(fill === '' ? {} : {writes: {appArmorProfile: cel`${fill}`}}),
    };
  },
  patches: {
    appArmorProfile: {
      at: ['container', 'appArmorProfile'],
      when: given => cel`${given}.hasValue() && ${appArmorOf('')} == ''`,
      value: given => fieldOf(cel`${given}.value()`),
    },
  },
};
