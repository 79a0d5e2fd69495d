import {
  seccompAllowedKey,
  seccompContainerPrefix,
  seccompDefaultKey,
  seccompPodKey,
} from '../kube/annotations.ts';
import {forbidden} from '../kube/fieldError.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {defineControl, type Level} from './control.ts';
import type {Wording} from './objection.ts';
import type {Report} from './report.ts';
import {containerRuntime} from './runtime.ts';
import {containsAll, unique} from './shared/names.ts';
import {profileFields} from './shared/profileFields.ts';
import {profileStates} from './shared/profileRuntime.ts';
import {seccompPatches, seccompRules} from './shared/profilesInCel.ts';
import {containerSeccompGrounds, podSeccompGrounds} from './shared/seccompGrounds.ts';
import {
  dockerDefault,
  profileProblem,
  runtimeDefault,
  sameProfile,
  seccompErrors,
} from './shared/seccompNames.ts';
import {leavesProfileUnset, planSeccomp} from './shared/seccompPlan.ts';
import {takesNoLinuxFields} from './shared/windows.ts';
import {withAnnotations} from './shared/withAnnotations.ts';

interface Value {
  /** The annotation as it stands, a list with commas, not trimmed; undefined allows no profile. */
  readonly allowed: string | undefined;
  /** '' fills in nothing. */
  readonly fill: string;
}

const open: Value = {allowed: '*', fill: ''};
const noProfile: Value = {allowed: undefined, fill: ''};
const confined: Value = {allowed: runtimeDefault, fill: runtimeDefault};

/**
 * The seccomp profiles of pods and containers, held in annotations of the policy. A pod whose profile
 * is only in the pod-level field is changed by every policy, which writes the annotation for it.
 */
export const seccomp = defineControl<Value>({
  id: 'seccomp',
  title: 'Seccomp',
  risk: 'Without a seccomp profile, a container may make every system call, including vulnerable ones.',
  allows:
    'Containers may run under these seccomp profiles, which say what system calls they can make.',
  neededBy: 'programs that the profile of the runtime stops: debuggers, sandboxes, image builders',
  field: `/metadata/annotations/${seccompAllowedKey.replace('/', '~1')}`,

  read: ({metadata: {annotations = {}}}) => ({
    allowed: annotations[seccompAllowedKey],
    fill: annotations[seccompDefaultKey] ?? '',
  }),
  write: (policy, {allowed, fill}) =>
    withAnnotations(policy, {
      [seccompAllowedKey]: allowed,
      [seccompDefaultKey]: fill === '' ? undefined : fill,
    }),

  loosest: open,
  covers,
  steps: value => [
    ...(value.allowed === undefined ? [] : [{label: 'allow no profile', value: noProfile}]),
    ...(isOpen(value)
      ? [
          {
            label: "require the runtime's profile",
            value: {allowed: runtimeDefault, fill: runtimeDefault},
          },
        ]
      : shorterLists(value)),
    ...(isOpen(value) && value.fill === '' ? [] : [{label: 'allow every profile', value: open}]),
  ],

  enforce,
  validate: seccompErrors,

  least,
  leastFilling(pods, release) {
    const fillable = pods.every(
      pod =>
        !takesNoLinuxFields(pod) &&
        profilesIn(pod).every(profile =>
          ['', runtimeDefault, ...sameProfile(release)].includes(profile),
        ),
    );
    return fillable ? {allowed: runtimeDefault, fill: runtimeDefault} : least(pods, release);
  },
  needs: pod =>
    unique(profilesIn(pod))
      .filter(profile => profile !== '')
      .map(profile => `seccomp profile ${profile}`),

  describe: ({allowed, fill}) =>
    [
      allowed === undefined ? 'no profile' : isOpen({allowed, fill}) ? 'any' : allowed,
      ...(fill === '' ? [] : [`default ${fill}`]),
    ].join('; '),
  fields: profileFields({
    ifEmpty: 'no profile',
    wildcards: ['*'],
    profiles: [runtimeDefault, dockerDefault, 'unconfined'],
    hint: 'localhost/profiles/audit.json',
  }),
  hardening: {leavesUnsaid: leavesProfileUnset, plan: planSeccomp},
  // Unset is unconfined, unless the kubelet's alpha gate SeccompDefault makes it the runtime's profile
  // (pkg/kubelet/kuberuntime/helpers.go, getSeccompProfile).
  runtime: containerRuntime({
    ...profileStates,
    read(container, pod) {
      if (container.privileged) return 'unconfined';
      const profile = profileOf(container, pod) || 'unconfined';
      return profile === dockerDefault ? runtimeDefault : profile;
    },
  }),
  builtin: {privileged: open, baseline: confined, restricted: confined},
  cel: {
    rules: (value, release) =>
      seccompRules({
        profiles: isOpen(value) ? undefined : unique(profilesOf(value, release)),
        fill: value.fill,
        allowed: value.allowed ?? 'none',
      }),
    patches: seccompPatches,
  },
  level(value): Level {
    if (isOpen(value)) return 'privileged';
    const profiles = value.allowed?.split(',') ?? [''];
    if (profiles.includes('unconfined')) return 'privileged';
    return profiles.includes('') ? 'baseline' : 'restricted';
  },
});

function covers(looser: Value, stricter: Value, release: Release): boolean {
  // Names that a pod can have; the API server refuses others.
  const names = profilesOf(stricter, release).filter(name => name === '' || !profileProblem(name));
  const mayNameNone = isOpen(stricter) || names.includes('');
  const mustNameNone = !isOpen(stricter) && names.every(name => name === '');
  if (mustNameNone && stricter.fill !== '') return true; // it lets nothing through unchanged
  return (
    (isOpen(looser) || (!isOpen(stricter) && containsAll(profilesOf(looser, release), names))) &&
    (looser.fill === '' || stricter.fill !== '' || !mayNameNone)
  );
}

function isOpen({allowed}: Value): boolean {
  return allowed?.split(',').includes('*') ?? false;
}

/** The profiles that get through; '' stands for naming none. */
function profilesOf({allowed}: Value, release: Release): readonly string[] {
  if (allowed === undefined) return [''];
  const names = allowed.split(',');
  const same = sameProfile(release);
  return same.some(name => names.includes(name)) ? [...names, ...same] : names;
}

function shorterLists({allowed, fill}: Value) {
  const names = unique(allowed?.split(',') ?? []);
  if (names.length < 2) return [];
  return names.map(name => ({
    label: `forbid ${name === '' ? 'naming none' : name}`,
    value: {allowed: names.filter(other => other !== name).join(','), fill},
  }));
}

/** What the pod itself sets (seccomp/strategy.go, ValidatePod). */
function profileOfPod({seccompAnnotation, seccompField}: PodView): string {
  return seccompAnnotation || (seccompField ?? '');
}

/** What applies to the pod itself and to each container. */
function profilesIn(pod: PodView): readonly string[] {
  return [profileOfPod(pod), ...pod.containers.map(container => profileOf(container, pod))];
}

/** What applies to a container (seccomp/strategy.go, profileForContainer). */
function profileOf(container: ContainerView, pod: PodView, podAnnotation?: string): string {
  return (
    container.seccompField ??
    container.seccompAnnotation ??
    pod.seccompField ??
    podAnnotation ??
    pod.seccompAnnotation ??
    ''
  );
}

function enforce(value: Value, release: Release) {
  const any = isOpen(value);
  const allowed = value.allowed === undefined ? undefined : new Set(profilesOf(value, release));
  const end = ` is not an allowed seccomp profile. Valid values are ${value.allowed ?? ''}`;
  const rule = {names: value.allowed?.split(',') ?? []};
  const isAllowed = (profile: string) =>
    any || (allowed === undefined ? profile === '' : allowed.has(profile));
  const wording: Wording<string, ContainerView | undefined> = {
    error: (profile, container) =>
      forbidden(
        `pod.metadata.annotations[${container === undefined ? seccompPodKey : seccompContainerPrefix + container.name}]`,
        allowed === undefined ? 'seccomp may not be set' : profile + end,
      ),
    grounds: (profile, container, pod) =>
      container === undefined
        ? podSeccompGrounds(pod, profile, rule)
        : containerSeccompGrounds(container, pod, profile, rule),
  };
  /** What is written into the pod's empty annotation: the field, or else the default. */
  const filling = (pod: PodView) => (pod.seccompAnnotation ? '' : (pod.seccompField ?? value.fill));
  return {
    pod(pod: PodView, report: Report) {
      const filled = filling(pod);
      if (filled !== '') report.fillAnnotation(seccompPodKey, filled);
      const profile = filled || profileOfPod(pod);
      if (!isAllowed(profile)) report.object(wording, profile, undefined, pod);
    },
    ...(any
      ? {}
      : {
          container(container: ContainerView, pod: PodView, report: Report) {
            const profile = profileOf(container, pod, filling(pod) || undefined);
            if (!isAllowed(profile)) report.object(wording, profile, container, pod);
          },
        }),
  };
}

/**
 * A list can't contain "none" (the API refuses an empty entry), nor a name with a comma: a pod with such a
 * profile, or pods with and without a profile, need `*`.
 */
function least(pods: NonEmpty<PodView>, release: Release): Value {
  const profiles = unique(pods.flatMap(profilesIn));
  if (profiles.every(profile => profile === '')) return noProfile;
  const isListable = (name: string) => profileProblem(name) === undefined && !name.includes(',');
  if (!profiles.every(isListable)) return open;
  const [kept, ...others] = sameProfile(release).filter(name => profiles.includes(name));
  const names = profiles.filter(profile => profile === kept || !others.includes(profile));
  return {allowed: names.join(','), fill: ''};
}
