import {
  appArmorContainerPrefix,
  seccompContainerPrefix,
  seccompPodKey,
} from '../kube/annotations.ts';
import type {SELinuxOptions} from '../kube/objects.ts';
import {seccompFieldText} from '../kube/podView.ts';
import type {Planner, Step} from './step.ts';
import {containersIn, setIn} from './step.ts';

const runtimeDefault = {type: 'RuntimeDefault'};
const runtimeProfiles = ['runtime/default', 'docker/default'];

/** The profile of the runtime for the pod; profiles of its own are for people to decide. */
export const planSeccomp: Planner = ({template}, {level}) => {
  const {annotations = {}} = template.metadata;
  const field = seccompFieldText(template.spec.securityContext?.seccompProfile);
  const annotation = annotations[seccompPodKey];
  const named = [field, annotation].filter(isOtherProfile);
  const setPod = {kind: 'pod', field: 'seccompProfile', value: runtimeDefault} as const;
  const step = {control: 'seccomp', where: 'pod'} as const;
  const says = 'set seccompProfile: {type: RuntimeDefault}';
  const places = containersIn(template).map(place => {
    const key = seccompContainerPrefix + place.name;
    const mine = seccompFieldText(place.container.securityContext?.seccompProfile);
    return {place, key, profile: mine ?? annotations[key]};
  });
  const own = places.flatMap(({place, key, profile}): readonly Step[] => {
    if (!isOtherProfile(profile)) return [];
    const edits = [setIn(place, 'seccompProfile', null), {kind: 'annotation', key} as const];
    return [{...step, where: place.where, ...profileWords('seccomp profile', [profile]), edits}];
  });
  if (named.length > 0) {
    const edits = [setPod, {kind: 'annotation', key: seccompPodKey} as const];
    return [{...step, ...profileWords('seccomp profile', named), says, edits}, ...own];
  }
  // A container whose own profile has to go will need the pod's.
  const silent = places.some(({profile}) => profile === undefined || isOtherProfile(profile));
  const isUnset = field === undefined && !annotation;
  return level === 'restricted' && isUnset && silent
    ? [{...step, asks: undefined, says, edits: [setPod]}, ...own]
    : own;
};

function isOtherProfile(profile: string | undefined): profile is string {
  return profile !== undefined && !runtimeProfiles.includes(profile);
}

function profileWords(
  what: string,
  profiles: readonly string[],
): {readonly asks: string; readonly says: string} {
  const isLocal = profiles.every(profile => profile.startsWith('localhost/'));
  const names = [...new Set(profiles)].map(profile => profile || 'without a name').join(', ');
  return {
    asks: `has ${what} ${names}${isLocal ? ', which the standard allows and the policy can not' : ''}`,
    says: `remove the ${what}: that of the runtime takes its place`,
  };
}

export const planAppArmor: Planner = ({template}) => {
  const {annotations = {}} = template.metadata;
  return containersIn(template).flatMap(({name, where}): readonly Step[] => {
    const key = appArmorContainerPrefix + name;
    const profile = annotations[key] ?? '';
    if (profile === '' || profile === 'runtime/default') return [];
    const words = profileWords('AppArmor profile', [profile]);
    return [{control: 'appArmor', where, ...words, edits: [{kind: 'annotation', key}]}];
  });
};

/** The types that the standard allows, where neither user nor role is set (check_seLinuxOptions.go). */
const confined = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

export const planSeLinux: Planner = ({template}) => {
  const pod = contextStep('pod', template.spec.securityContext?.seLinuxOptions);
  return [
    ...(pod === undefined
      ? []
      : [{...pod, edits: [{kind: 'pod', field: 'seLinuxOptions', value: null} as const]}]),
    ...containersIn(template).flatMap(place => {
      const step = contextStep(place.where, place.container.securityContext?.seLinuxOptions);
      if (step === undefined) return [];
      return [{...step, edits: [setIn(place, 'seLinuxOptions', null)]}];
    }),
  ];
};

function contextStep(
  where: string,
  options: SELinuxOptions | undefined,
): Omit<Step, 'edits'> | undefined {
  const {user = '', role = '', type = '', level = ''} = options ?? {};
  const context = [user, role, type, level];
  if (context.every(part => part === '')) return undefined;
  const isFine = user === '' && role === '' && confined.includes(type);
  return {
    control: 'seLinux',
    where,
    asks: `has SELinux context ${context.join(':')}${isFine ? ', which the standard allows and the policy can not' : ''}`,
    says: 'remove seLinuxOptions',
  };
}
