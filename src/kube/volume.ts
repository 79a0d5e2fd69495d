/** The volumes of core/v1 pods, as far as they decide what PodSecurityPolicy does with them. */
import {
  type Decoder,
  decodeAt,
  int64,
  list,
  mismatch,
  object,
  presence,
  refusedText,
  string,
  type TypeOf,
} from './decode.ts';
import {isObject, type Json} from './json.ts';

const fieldReference = object({apiVersion: string, fieldPath: string});

const projectedSource = object({
  secret: presence,
  serviceAccountToken: object({path: string, audience: string, expirationSeconds: int64}),
  configMap: object({name: string}),
  downwardAPI: object({
    items: list(object({path: string, fieldRef: fieldReference, resourceFieldRef: presence})),
  }),
});
export type ProjectedSource = TypeOf<typeof projectedSource>;

/** What may be on the node (pkg/apis/core/validation/validation.go, supportedHostPathTypes). */
export const hostPathTypes: readonly string[] = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const hostPathType = refusedText(type => hostPathTypes.includes(type));

/** The volume sources in which more than the type matters. */
const detailedSources = {
  hostPath: object({path: string, type: hostPathType}),
  flexVolume: object({driver: string}),
  csi: object({driver: string}),
  projected: object({sources: list(projectedSource)}),
} as const;

/**
 * All volume sources of v1.24 by their JSON key, in the order in which the first one set decides the
 * type (pkg/security/podsecuritypolicy/util/util.go, GetVolumeFSType).
 */
// biome-ignore format: names, several a line
export const volumeSourceKeys = [
  'hostPath', 'emptyDir', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'secret',
  'nfs', 'iscsi', 'glusterfs', 'persistentVolumeClaim', 'rbd', 'flexVolume', 'cinder',
  'cephfs', 'flocker', 'downwardAPI', 'fc', 'azureFile', 'configMap', 'vsphereVolume',
  'quobyte', 'azureDisk', 'photonPersistentDisk', 'storageos', 'projected', 'portworxVolume',
  'scaleIO', 'csi', 'ephemeral',
] as const;

/** A volume: its name and, under the key of its type, what matters about its source. */
export type Volume = {readonly name: string | undefined} & {
  readonly [K in keyof typeof detailedSources]?: TypeOf<(typeof detailedSources)[K]>;
} & {readonly [key: string]: unknown};

/** Keeps of each source what matters. */
export const volume: Decoder<Volume> = (value: Json) => {
  if (!isObject(value)) throw mismatch('an object', value);
  const {name} = value;
  const result: Record<string, unknown> = {
    name: name === undefined || name === null ? undefined : decodeAt('name', string, name),
  };
  for (const key of volumeSourceKeys) {
    const source = value[key];
    if (source === undefined || source === null) continue;
    result[key] = decodeAt(key, (detailedSources as Sources)[key] ?? presence, source);
  }
  // Not a source to v1.24, which makes it an emptyDir.
  if (isObject(value.image)) result.image = {};
  return result as Volume;
};
type Sources = Readonly<Record<string, Decoder<unknown>>>;

/** The volume's type as policies name it: its source's key, but for one spelling. */
export function volumeType(volume: Volume): string {
  let first: number = volumeSourceKeys.length;
  for (const key in volume) {
    const place = placeOfSource.get(key);
    if (place !== undefined && place < first && volume[key] !== undefined) first = place;
  }
  const key: string | undefined = volumeSourceKeys[first];
  return key === 'cephfs' ? 'cephFS' : (key ?? '');
}

/** A volume has a key or two: to look these up is faster than to ask for all sources. */
const placeOfSource = new Map<string, number>(volumeSourceKeys.map((key, index) => [key, index]));
