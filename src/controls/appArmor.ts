import {
  appArmorAllowedKey,
  appArmorContainerPrefix,
  appArmorDefaultKey,
} from '../kube/annotations.ts';
import {type FieldError, forbidden, invalid} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {Policy} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {defineControl, type Level} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep} from './hardening.ts';
import type {Grounds, Wording} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {containsAll, unique} from './shared/names.ts';
import {profileFields} from './shared/profileFields.ts';
import {profileStates} from './shared/profileRuntime.ts';
import {profileWords} from './shared/profileSteps.ts';
import {appArmorInCel} from './shared/profilesInCel.ts';
import {withAnnotations} from './shared/withAnnotations.ts';

interface Value {
  /** The annotation as it stands, a list with commas, not trimmed; undefined allows everything. */
  readonly allowed: string | undefined;
  /** '' fills in nothing. */
  readonly fill: string;
}

const open: Value = {allowed: undefined, fill: ''};
const runtimeDefault = 'runtime/default';
const confined: Value = {allowed: runtimeDefault, fill: runtimeDefault};

/** The AppArmor profiles of containers, held in annotations of the policy. */
export const appArmor = defineControl<Value>({
  id: 'appArmor',
  title: 'AppArmor',
  risk: 'A container may turn off the AppArmor profile that its runtime puts around it.',
  allows:
    'Containers may run under these AppArmor profiles, which say what files and rights they can use.',
  neededBy:
    'on nodes with AppArmor, programs that the profile of the runtime stops, such as those that mount',
  field: `/metadata/annotations/${appArmorAllowedKey.replace('/', '~1')}`,

  read: ({metadata: {annotations = {}}}) => ({
    allowed: annotations[appArmorAllowedKey],
    fill: annotations[appArmorDefaultKey] ?? '',
  }),
  write: (policy, {allowed, fill}) =>
    withAnnotations(policy, {
      [appArmorAllowedKey]: allowed,
      [appArmorDefaultKey]: fill === '' ? undefined : fill,
    }),

  loosest: open,
  // A list requires a named profile, so it lets through only containers that the default leaves alone.
  covers(looser, stricter) {
    if (looser.allowed === undefined) {
      return looser.fill === '' || stricter.fill !== '' || stricter.allowed !== undefined;
    }
    return (
      stricter.allowed !== undefined &&
      containsAll(namesOf(looser.allowed), namesOf(stricter.allowed))
    );
  },
  steps: ({allowed, fill}) => [
    ...(allowed === undefined
      ? [
          {
            label: "require the runtime's profile",
            value: {allowed: runtimeDefault, fill: runtimeDefault},
          },
        ]
      : shorterLists(allowed, fill)),
    ...(allowed === undefined && fill === '' ? [] : [{label: 'allow every profile', value: open}]),
  ],

  enforce({allowed, fill}) {
    if (allowed === undefined && fill === '') return undefined;
    const names = allowed?.split(',');
    const end = ` is not an allowed profile. Allowed values: ${goQuote(allowed ?? '')}`;
    const wording: Wording<string, ContainerView> = {
      error: (profile, {name}) =>
        forbidden(
          `pod.metadata.annotations[${appArmorContainerPrefix}${name}]`,
          profile === '' ? 'AppArmor profile must be set' : profile + end,
        ),
      grounds: (profile, container) => profileGrounds(profile, names ?? [], container),
    };
    return {
      container(container, pod, report) {
        const asked = container.appArmorAnnotation ?? '';
        if (asked === '' && fill !== '') {
          report.fillAnnotation(appArmorContainerPrefix + container.name, fill);
        }
        const profile = asked || fill;
        if (names === undefined || (profile !== '' && names.includes(profile))) return;
        report.object(wording, profile, container, pod);
      },
    };
  },
  validate: validateProfiles,

  // A list denies containers that name no profile, so it can be there only if all name one, and one
  // without a comma.
  least(pods) {
    const asked = pods.flatMap(profilesOf);
    const isListable = (name: string) => name !== '' && !name.includes(',');
    return asked.length > 0 && asked.every(isListable)
      ? {allowed: unique(asked).join(','), fill: ''}
      : open;
  },
  needs: pod =>
    unique(profilesOf(pod)).map(profile =>
      profile === '' ? 'no AppArmor profile named' : `AppArmor profile ${profile}`,
    ),

  describe: ({allowed, fill}) =>
    [allowed === undefined ? 'any' : allowed, ...(fill === '' ? [] : [`default ${fill}`])].join(
      '; ',
    ),
  fields: profileFields({
    ifEmpty: 'any',
    wildcards: [],
    profiles: [runtimeDefault, 'unconfined'],
    hint: 'localhost/k8s-nginx',
  }),
  hardening: {plan: planAppArmor},
  // Unset, the kubelet names no profile (pkg/security/apparmor/helpers.go,
  // GetProfileNameFromPodAnnotations), and containerd, CRI-O and Docker take their own on nodes with AppArmor.
  runtime: containerRuntime({
    ...profileStates,
    read: ({privileged, appArmorAnnotation}) =>
      privileged ? 'unconfined' : appArmorAnnotation || runtimeDefault,
  }),
  builtin: {privileged: 'unset', baseline: confined, restricted: confined},
  cel: appArmorInCel,
  level({allowed}): Level {
    if (allowed === undefined) return 'privileged';
    return namesOf(allowed).includes('unconfined') ? 'privileged' : 'restricted';
  },
});

function profileGrounds(
  profile: string,
  names: readonly string[],
  container: ContainerView,
): Grounds {
  const key = appArmorContainerPrefix + container.name;
  const isGiven = !container.appArmorAnnotation;
  return {
    at: container,
    where: `metadata.annotations[${key}]`,
    does:
      profile === ''
        ? 'no AppArmor profile is set'
        : `${isGiven ? 'is given' : 'has'} AppArmor profile`,
    value: profile,
    allowed: names.join(', '),
    fix: () => ({
      says: `set the annotation ${key}: ${names[0]}`,
      edits: [{at: ['metadata', 'annotations', key], value: names[0]}],
    }),
  };
}

function profilesOf(pod: PodView): readonly string[] {
  return pod.containers.map(container => container.appArmorAnnotation ?? '');
}

/** The names of a list that can ever match: pods can have no others. */
function namesOf(allowed: string): readonly string[] {
  return allowed.split(',').filter(name => name !== '' && isWellFormed(name));
}

function shorterLists(allowed: string, fill: string) {
  const names = unique(namesOf(allowed));
  if (names.length < 2) return [];
  return names.map(name => ({
    label: `forbid ${name}`,
    value: {allowed: names.filter(other => other !== name).join(','), fill},
  }));
}

function validateProfiles({metadata: {annotations = {}}}: Policy): readonly FieldError[] {
  const {[appArmorDefaultKey]: fill = '', [appArmorAllowedKey]: allowed = ''} = annotations;
  const error = (key: string, badValue: string, profile: string) =>
    isWellFormed(profile)
      ? []
      : [
          invalid(
            `metadata.annotations[${key}]`,
            badValue,
            `invalid AppArmor profile name: ${goQuote(profile)}`,
          ),
        ];
  return [
    ...error(appArmorDefaultKey, fill, fill),
    ...allowed.split(',').flatMap(profile => error(appArmorAllowedKey, allowed, profile)),
  ];
}

/** pkg/apis/core/validation/validation.go, ValidateAppArmorProfileFormat. */
function isWellFormed(profile: string): boolean {
  return ['', runtimeDefault, 'unconfined'].includes(profile) || profile.startsWith('localhost/');
}

function planAppArmor({template}: JudgedTemplate): readonly PlannedStep[] {
  const {annotations = {}} = template.metadata;
  return containersIn(template).flatMap(({name, where}): readonly PlannedStep[] => {
    const key = appArmorContainerPrefix + name;
    const profile = annotations[key] ?? '';
    if (profile === '' || profile === 'runtime/default') return [];
    const words = profileWords('AppArmor profile', [profile]);
    return [{where, ...words, edits: [{kind: 'annotation', key}]}];
  });
}
