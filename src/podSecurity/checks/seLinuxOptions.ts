import type {SELinuxOptions} from '../../kube/objects.ts';
import type {Pod} from '../../kube/pod.ts';
import {containerName, containersOf, type Refusal, type StandardCheck} from '../check.ts';
import {plural, quoted, settersText, sortedSet} from '../wording.ts';

/** The types that are allowed, by the version that began with them. */
const typesSince = [
  {since: 0, types: ['', 'container_t', 'container_init_t', 'container_kvm_t']},
  {since: 31, types: ['container_engine_t']},
] as const;

/** A type for containers, no user and no role (policy/check_seLinuxOptions.go, v1.37). */
export const seLinuxOptionsCheck: StandardCheck = {
  id: 'seLinuxOptions',
  level: 'baseline',
  rows: typesSince.map(({since}) => {
    const types = typesSince.filter(row => row.since <= since).flatMap(row => row.types);
    const allowed: ReadonlySet<string> = new Set(types);
    return {since, refuse: pod => refuse(pod, allowed)};
  }),
};

function refuse(pod: Pod, allowed: ReadonlySet<string>): Refusal | undefined {
  const isBad = (options: SELinuxOptions | undefined): options is SELinuxOptions =>
    options !== undefined &&
    (!allowed.has(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
  const ofPod = pod.spec.securityContext?.seLinuxOptions;
  const containers = containersOf(pod).filter(({securityContext}) =>
    isBad(securityContext?.seLinuxOptions),
  );
  const setters = settersText(isBad(ofPod), containers.map(containerName));
  if (setters === '') return undefined;
  const bad = [ofPod, ...containers.map(container => container.securityContext?.seLinuxOptions)];
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${faults(bad.filter(isBad), allowed)}`,
  };
}

function faults(bad: readonly SELinuxOptions[], allowed: ReadonlySet<string>): string {
  const types = sortedSet(bad.map(({type = ''}) => type).filter(type => !allowed.has(type)));
  const texts = [
    ...(types.length > 0 ? [`${plural(types.length, 'type')} ${quoted(types)}`] : []),
    ...(bad.some(({user}) => user) ? ['user may not be set'] : []),
    ...(bad.some(({role}) => role) ? ['role may not be set'] : []),
  ];
  return texts.join('; ');
}
