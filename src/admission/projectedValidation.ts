import {type FieldError, forbidden, invalid, notSupported, required} from '../kube/fieldError.ts';
import type {ProjectedSource} from '../kube/volume.ts';

import {descendingPathErrors} from './profileValidation.ts';

/** validateProjectionSources (pkg/apis/core/validation/validation.go): `at` is the path of the volume's source. */
export function projectedErrors(
  sources: readonly ProjectedSource[] = [],
  at: string,
): readonly FieldError[] {
  const paths = new Set<string>();
  return sources.flatMap((source, index) => {
    const {secret, configMap, downwardAPI, serviceAccountToken} = source;
    const own = `${at}.sources[${index}]`;
    const kinds = [secret, configMap, downwardAPI, serviceAccountToken];
    const conflicts = (downwardAPI?.items ?? []).map(({path = ''}) => {
      const isTaken = path !== '' && paths.has(path);
      paths.add(path);
      return isTaken ? [invalid(at, path, 'conflicting duplicate paths')] : [];
    });
    return [
      ...(configMap !== undefined && !configMap.name
        ? [required(`${own}.configMap.name`, '')]
        : []),
      ...(downwardAPI?.items ?? []).flatMap((item, number) => [
        ...fileErrors(item, `${own}.downwardAPI`),
        ...(conflicts[number] ?? []),
      ]),
      ...tokenErrors(serviceAccountToken, {at, own: `${own}.serviceAccountToken`}),
      ...(kinds.filter(kind => kind !== undefined).length > 1
        ? [forbidden(own, 'may not specify more than 1 volume type')]
        : []),
    ];
  });
}

/** What SetDefaults_ServiceAccountTokenProjection writes, and between what it may be. */
const expiration = {unset: 3600, least: 600, most: 2 ** 32};

function tokenErrors(
  token: ProjectedSource['serviceAccountToken'],
  {at, own}: {readonly at: string; readonly own: string},
): readonly FieldError[] {
  if (token === undefined) return [];
  const {expirationSeconds: seconds = expiration.unset, path} = token;
  const cannot = (what: string) =>
    invalid(`${own}.expirationSeconds`, seconds, `may not specify a duration ${what}`);
  return [
    ...(seconds < expiration.least ? [cannot('less than 10 minutes')] : []),
    ...(seconds > expiration.most ? [cannot('larger than 2^32 seconds')] : []),
    ...(path ? [] : [required(`${at}.path`, '')]),
  ];
}

type DownwardFile = NonNullable<NonNullable<ProjectedSource['downwardAPI']>['items']>[number];

/** validateDownwardAPIVolumeFile, which names the path of the list. */
function fileErrors(
  {path = '', fieldRef, resourceFieldRef}: DownwardFile,
  at: string,
): readonly FieldError[] {
  const neither = 'one of fieldRef and resourceFieldRef is required';
  const both = 'fieldRef and resourceFieldRef can not be specified simultaneously';
  return [
    ...(path === '' ? [required(`${at}.path`, '')] : []),
    ...ownPathErrors(path, `${at}.path`),
    ...(fieldRef === undefined ? [] : fieldErrors(fieldRef, `${at}.fieldRef`)),
    ...(fieldRef !== undefined && resourceFieldRef !== undefined
      ? [invalid(at, 'resource', both)]
      : []),
    ...(fieldRef === undefined && resourceFieldRef === undefined ? [required(at, neither)] : []),
  ];
}

/** validateLocalNonReservedPath. */
function ownPathErrors(path: string, field: string): readonly FieldError[] {
  return [
    ...descendingPathErrors(path, field),
    ...(path.startsWith('..') && !path.startsWith('../')
      ? [invalid(field, path, "must not start with '..'")]
      : []),
  ];
}

/** What a pod can say of itself at all (pkg/apis/core/pods/helpers.go, ConvertDownwardAPIFieldLabel). */
const labels: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.host',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.podIP',
  'status.podIPs',
];
/** What of it a file can hold (validVolumeDownwardAPIFieldPathExpressions). */
const inFiles = labels.slice(0, 5);

/** validateObjectFieldSelector; the keys of single labels and annotations are taken as they are. */
function fieldErrors(
  {apiVersion = '', fieldPath = ''}: NonNullable<DownwardFile['fieldRef']>,
  at: string,
): readonly FieldError[] {
  if (apiVersion === '') return [required(`${at}.apiVersion`, '')];
  if (fieldPath === '') return [required(`${at}.fieldPath`, '')];
  const cannot = (why: string) => [
    invalid(`${at}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`),
  ];
  if (apiVersion !== 'v1') return cannot(`unsupported pod version: ${apiVersion}`);
  const subscripted = /^(.+?)\['.*'\]$/s.exec(fieldPath)?.[1];
  if (subscripted !== undefined) {
    return ['metadata.annotations', 'metadata.labels'].includes(subscripted)
      ? []
      : cannot(`field label does not support subscript: ${fieldPath}`);
  }
  if (!labels.includes(fieldPath)) return cannot(`field label not supported: ${fieldPath}`);
  const path = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  return inFiles.includes(path) ? [] : [notSupported(`${at}.fieldPath`, path, inFiles)];
}
