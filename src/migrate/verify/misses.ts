import type {ControlId} from '../../controls/control.ts';
import {
  appArmorAllowedKey,
  appArmorContainerPrefix,
  appArmorDefaultKey,
  seccompAllowedKey,
  seccompDefaultKey,
} from '../../kube/annotations.ts';
import type {Edit} from '../../kube/edits.ts';
import type {Policy, Range, SELinuxOptions} from '../../kube/objects.ts';
import {type Miss, type PolicyMiss, trialContainer} from './miss.ts';
import {hostPathMisses, volumeMisses} from './volumeMisses.ts';

/**
 * Changes of a pod on both sides of every border that a policy draws, control by control, and some beyond all of
 * them. What the policy thinks of them is for its judges to say.
 */
export function missesOf(policy: Policy): readonly PolicyMiss[] {
  return Object.entries(missesBy).flatMap(([control, misses]) =>
    misses(policy).map(miss => ({control: control as ControlId, ...miss})),
  );
}

const missesBy: Readonly<Record<ControlId, (policy: Policy) => readonly Miss[]>> = {
  privileged: () => [
    inContainer('privileged', true, [context('allowPrivilegeEscalation', undefined)]),
    inContainer('privileged', false),
  ],
  hostNetwork: () => [ofSpec('hostNetwork', true)],
  hostPID: () => [ofSpec('hostPID', true)],
  hostIPC: () => [ofSpec('hostIPC', true)],
  hostPorts: ({spec: {hostPorts = []}}) =>
    borders(hostPorts, {least: 1, most: 65_535, more: [8080]}).map(port => ({
      says: `host port ${port}`,
      edits: [{at: [...container, 'ports'], value: [{containerPort: port, hostPort: port}]}],
    })),
  volumes: volumeMisses,
  allowedHostPaths: hostPathMisses,
  allowedFlexVolumes: ({spec: {allowedFlexVolumes = []}}) =>
    near(
      allowedFlexVolumes.map(({driver = ''}) => driver),
      'example.com/other',
    ).map(driver => ({
      says: `flexVolume of ${driver}`,
      edits: [{at: ['spec', 'volumes'], value: [{name: 'v', flexVolume: {driver}}]}],
    })),
  allowedCSIDrivers: ({spec: {allowedCSIDrivers = []}}) =>
    near(
      allowedCSIDrivers.map(({name = ''}) => name),
      'csi.example.com',
    ).map(driver => ({
      says: `csi volume of ${driver}`,
      edits: [{at: ['spec', 'volumes'], value: [{name: 'v', csi: {driver}}]}],
    })),
  runAsUser: ({spec: {runAsUser}}) => [
    ...idMisses('runAsUser', runAsUser?.ranges),
    inContainer('runAsNonRoot', true),
    inContainer('runAsNonRoot', false),
    ofPod('runAsNonRoot', true),
  ],
  runAsGroup: ({spec: {runAsGroup}}) => idMisses('runAsGroup', runAsGroup?.ranges),
  supplementalGroups: ({spec: {supplementalGroups}}) => {
    const ids = idsNear(supplementalGroups?.ranges);
    return [...ids.map(id => [id]), ids.slice(0, 2)].map(groups =>
      ofPod('supplementalGroups', groups),
    );
  },
  fsGroup: ({spec: {fsGroup}}) => idsNear(fsGroup?.ranges).map(id => ofPod('fsGroup', id)),
  seLinux: ({spec: {seLinux}}) => {
    const own: Partial<SELinuxOptions> = defined(seLinux?.seLinuxOptions ?? {});
    const other = {...own, level: own.level === 's0:c9' ? 's0:c8' : 's0:c9'};
    const without = Object.keys(own).map(key => ({...own, [key]: undefined}));
    const turned = own.level?.includes(',') ? [{...own, level: turnedLevel(own.level)}] : [];
    return [own, other, ...without, ...turned]
      .map(defined)
      .filter(options => Object.keys(options).length > 0)
      .flatMap(options => [
        ofPod('seLinuxOptions', options),
        inContainer('seLinuxOptions', options),
      ]);
  },
  capabilities: ({spec}) => {
    const {
      allowedCapabilities = [],
      defaultAddCapabilities = [],
      requiredDropCapabilities = [],
    } = spec;
    const named = [...allowedCapabilities, ...defaultAddCapabilities, ...requiredDropCapabilities];
    const all = [...new Set([...named, 'SYS_TIME', 'NET_BIND_SERVICE'])].filter(
      name => name !== '*',
    );
    return [
      ...all.map(name => inContainer('capabilities', {add: [name]})),
      ...all.map(name => inContainer('capabilities', {drop: [name]})),
      inContainer('capabilities', {drop: ['ALL']}),
    ];
  },
  allowPrivilegeEscalation: () => [
    inContainer('allowPrivilegeEscalation', true),
    inContainer('allowPrivilegeEscalation', false),
  ],
  readOnlyRootFilesystem: () => [
    inContainer('readOnlyRootFilesystem', true),
    inContainer('readOnlyRootFilesystem', false),
  ],
  allowedProcMountTypes: () => [
    // v1.33 and later take it only so.
    inContainer('procMount', 'Unmasked', [{at: ['spec', 'hostUsers'], value: false}]),
    inContainer('procMount', 'Default'),
  ],
  seccomp: policy =>
    profilesNear(policy, seccompAllowedKey, seccompDefaultKey).flatMap(profile => {
      const field = profileField(profile);
      return [ofPod('seccompProfile', field), inContainer('seccompProfile', field)];
    }),
  appArmor: policy =>
    profilesNear(policy, appArmorAllowedKey, appArmorDefaultKey).map(profile => ({
      says: `AppArmor profile ${profile}`,
      edits: [
        {
          at: ['metadata', 'annotations', `${appArmorContainerPrefix}${trialContainer}`],
          value: profile,
        },
      ],
    })),
  sysctls: ({spec: {allowedUnsafeSysctls = [], forbiddenSysctls = []}}) => {
    const named = [...allowedUnsafeSysctls, ...forbiddenSysctls];
    // A pattern is met by a name that goes on where it ends.
    const met = named.map(name => name.replace(/\*$/, 'x')).filter(name => name !== 'x');
    const all = new Set([...met, 'kernel.shm_rmid_forced', 'net.core.somaxconn', 'kernel.msgmax']);
    return [...all].map(name => ofPod('sysctls', [{name, value: '1'}]));
  },
  runtimeClass: ({spec: {runtimeClass}}) => {
    const {allowedRuntimeClassNames: allowed = [], defaultRuntimeClassName} = runtimeClass ?? {};
    const named = [...allowed, defaultRuntimeClassName ?? ''].filter(
      name => name !== '*' && name !== '',
    );
    return [...new Set([...named, 'psp-verify'])].map(name => ofSpec('runtimeClassName', name));
  },
};

const container = ['spec', 'containers', 0] as const;

function context(field: string, value: unknown): Edit {
  return {at: [...container, 'securityContext', field], value};
}

function inContainer(field: string, value: unknown, more: readonly Edit[] = []): Miss {
  return {says: `${field} ${brief(value)} in a container`, edits: [context(field, value), ...more]};
}

function ofPod(field: string, value: unknown): Miss {
  return {
    says: `${field} ${brief(value)}`,
    edits: [{at: ['spec', 'securityContext', field], value}],
  };
}

function ofSpec(field: string, value: unknown): Miss {
  return {says: `${field} ${brief(value)}`, edits: [{at: ['spec', field], value}]};
}

function brief(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function idMisses(field: string, ranges: readonly Range[] | undefined): readonly Miss[] {
  return idsNear(ranges).flatMap(id => [inContainer(field, id), ofPod(field, id)]);
}

/** The largest id that Kubernetes takes (pkg/apis/core/validation, ValidateRunAsUser). */
const largestId = 2 ** 31 - 1;

function idsNear(ranges: readonly Range[] = []): readonly number[] {
  return borders(ranges, {least: 0, most: largestId, more: [0, 65_533]});
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly more: readonly number[];
}

/** The numbers on both sides of the ends of ranges, within bounds, and some more. */
function borders(ranges: readonly Range[], {least, most, more}: Bounds): readonly number[] {
  const ends = ranges.flatMap(({min, max}) => [Number(min), Number(max)]);
  const beside = ends.flatMap((end, index) => [end, index % 2 === 0 ? end - 1 : end + 1]);
  const all = [...beside, ...more].filter(number => number >= least && number <= most);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Names that are listed, longer ones, and one that is not listed. */
function near(names: readonly string[], other: string): readonly string[] {
  const listed = names.filter(name => name !== '' && name !== '*');
  return [...new Set([...listed, ...listed.map(name => `${name}x`), other])];
}

function profilesNear(
  {metadata: {annotations = {}}}: Policy,
  allowed: string,
  byDefault: string,
): readonly string[] {
  const listed = [...(annotations[allowed] ?? '').split(','), annotations[byDefault] ?? ''];
  const named = listed.filter(name => /^(runtime\/default|unconfined|localhost\/.)/.test(name));
  return [...new Set([...named, 'runtime/default', 'unconfined', 'localhost/psp-verify'])];
}

function profileField(profile: string): object {
  if (profile === 'runtime/default') return {type: 'RuntimeDefault'};
  if (profile === 'unconfined') return {type: 'Unconfined'};
  return {type: 'Localhost', localhostProfile: profile.slice('localhost/'.length)};
}

/** The same categories in another order: the same level to a policy. */
function turnedLevel(level: string): string {
  const start = level.indexOf(':') + 1;
  return level.slice(0, start) + level.slice(start).split(',').toReversed().join(',');
}

function defined<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
