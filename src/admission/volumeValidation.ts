import {dnsLabelProblems, dnsSubdomainProblems} from '../controls/shared/names.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFoundError,
  notSupported,
  required,
  tooLong,
} from '../kube/fieldError.ts';
import type {Container, PodSpec} from '../kube/pod.ts';
import type {Release} from '../kube/release.ts';
import {hostPathTypes, type Volume} from '../kube/volume.ts';
import {descendingPathErrors} from './profileValidation.ts';
import {projectedErrors} from './projectedValidation.ts';

/** The volumes of a pod as the API server sees them before it looks at containers. */
export interface CheckedVolumes {
  readonly errors: readonly FieldError[];
  /** The names that a container may mount: those of volumes without errors. */
  readonly names: ReadonlySet<string>;
}

/**
 * ValidateVolumes (pkg/apis/core/validation/validation.go): names, one source each, and what is in the sources that
 * policies look at. `sources` says whether a volume may have a source that v1.24 does not know.
 */
export function checkVolumes(
  {volumes = []}: PodSpec,
  {release, sources}: {readonly release: Release; readonly sources: 'all' | 'known'},
): CheckedVolumes {
  const names = new Set<string>();
  const errors = volumes.flatMap((volume, index) => {
    const {name = ''} = volume;
    const at = `spec.volumes[${index}]`;
    const own = [
      ...sourceErrors(volume, {at, release, sources}),
      ...(name === ''
        ? [required(`${at}.name`, '')]
        : dnsLabelProblems(name, release).map(problem => invalid(`${at}.name`, name, problem))),
      ...(names.has(name) ? [duplicate(`${at}.name`, name)] : []),
    ];
    if (own.length === 0) names.add(name);
    return own;
  });
  return {errors, names};
}

interface Place {
  readonly at: string;
  readonly release: Release;
}

/**
 * The sources in the order in which the API server finds them, with the key that it names in an error where that is
 * another one (validateVolumeSource): all but the first are one too many.
 */
const sourceKeys = [
  ['emptyDir'],
  ['hostPath'],
  ['gitRepo'],
  ['gcePersistentDisk'],
  ['awsElasticBlockStore'],
  ['secret'],
  ['nfs'],
  ['iscsi'],
  ['glusterfs'],
  ['flocker'],
  ['persistentVolumeClaim'],
  ['rbd'],
  ['cinder'],
  ['cephfs', 'cephFS'],
  ['quobyte'],
  ['downwardAPI', 'downwarAPI'],
  ['fc'],
  ['flexVolume'],
  ['configMap'],
  ['azureFile'],
  ['vsphereVolume'],
  ['photonPersistentDisk'],
  ['portworxVolume'],
  ['azureDisk'],
  ['storageos'],
  ['projected'],
  ['scaleIO'],
  ['csi'],
  ['ephemeral'],
] as const;

function sourceErrors(
  volume: Volume,
  {at, release, sources}: Place & {readonly sources: 'all' | 'known'},
): readonly FieldError[] {
  const [first, ...more] = sourceKeys.filter(([key]) => volume[key] !== undefined);
  if (first === undefined) {
    // Volumes have a source by default; one that a feature gate has dropped is missing.
    return sources === 'all' ? [required(at, 'must specify a volume type')] : [];
  }
  return [
    ...firstSourceErrors(volume, first[0], {at: `${at}.${first[0]}`, release}),
    ...more.map(([key, said = key]) =>
      forbidden(`${at}.${said}`, 'may not specify more than 1 volume type'),
    ),
  ];
}

function firstSourceErrors(
  {hostPath, flexVolume, csi, projected}: Volume,
  first: (typeof sourceKeys)[number][0],
  {at, release}: Place,
): readonly FieldError[] {
  switch (first) {
    case 'hostPath':
      return hostPathErrors(hostPath, at);
    case 'flexVolume':
      return flexVolume?.driver ? [] : [required(`${at}.driver`, '')];
    case 'csi':
      return driverErrors(csi?.driver, {at: `${at}.driver`, release});
    case 'projected':
      return projectedErrors(projected?.sources, at);
    default:
      return [];
  }
}

/** validateHostPathVolumeSource. */
function hostPathErrors(hostPath: Volume['hostPath'], at: string): readonly FieldError[] {
  const {path = '', type} = hostPath ?? {};
  if (path === '') return [required(`${at}.path`, '')];
  return [
    ...(path.split('/').includes('..')
      ? [invalid(`${at}.path`, path, "must not contain '..'")]
      : []),
    ...(type === undefined ? [] : [notSupported(`${at}.type`, type, hostPathTypes)]),
  ];
}

const longestDriver = 63;

/** ValidateCSIDriverName. */
function driverErrors(driver = '', {at, release}: Place): readonly FieldError[] {
  return [
    ...(driver === '' ? [required(at, '')] : []),
    ...(driver.length > longestDriver ? [tooLong(at, longestDriver)] : []),
    ...dnsSubdomainProblems(driver.toLowerCase(), release).map(problem =>
      invalid(at, driver, problem),
    ),
  ];
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

/** ValidateVolumeMounts: `at` is the path of a container, `names` are those that can be mounted. */
export function mountErrors(
  {volumeMounts = [], securityContext}: Container,
  {at, names}: {readonly at: string; readonly names: ReadonlySet<string>},
): readonly FieldError[] {
  const paths = new Set<string>();
  const list = `${at}.volumeMounts`;
  const isPrivileged = securityContext?.privileged === true;
  return volumeMounts.flatMap((mount, index) => {
    const {name = '', mountPath = '', mountPropagation, subPath, subPathExpr} = mount;
    const isTaken = paths.has(mountPath);
    paths.add(mountPath);
    return [
      ...(name === '' ? [required(`${list}[${index}].name`, '')] : []),
      ...(names.has(name) ? [] : [notFoundError(`${list}[${index}].name`, name)]),
      ...(mountPath === '' ? [required(`${list}[${index}].mountPath`, '')] : []),
      ...(isTaken ? [invalid(`${list}[${index}].mountPath`, mountPath, 'must be unique')] : []),
      ...descendingPathErrors(subPath ?? '', `${list}.subPath`),
      ...descendingPathErrors(subPathExpr ?? '', `${list}.subPathExpr`),
      ...propagationErrors(mountPropagation, {at: `${list}.mountPropagation`, isPrivileged}),
    ];
  });
}

/** validateMountPropagation; the path that it names is that of the list. */
function propagationErrors(
  propagation: string | undefined,
  {at, isPrivileged}: {readonly at: string; readonly isPrivileged: boolean},
): readonly FieldError[] {
  if (propagation === undefined) return [];
  const privilegedOnly =
    'Bidirectional mount propagation is available only to privileged containers';
  return [
    ...(propagations.includes(propagation) ? [] : [notSupported(at, propagation, propagations)]),
    ...(propagation === 'Bidirectional' && !isPrivileged ? [forbidden(at, privilegedOnly)] : []),
  ];
}
