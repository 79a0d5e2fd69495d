import type {Edit} from '../../kube/edits.ts';
import type {Policy} from '../../kube/objects.ts';
import {volumeSourceKeys} from '../../kube/volume.ts';
import type {Miss} from './miss.ts';

/** A volume of each type, and tokens that are nearly what `secret` lets in. */
export function volumeMisses(): readonly Miss[] {
  const ofType = volumeSourceKeys.map(type => ({
    says: `a volume of type ${type}`,
    edits: [volume({[type]: sources[type]})],
  }));
  const tokens = [
    {says: 'the token volume of a service account', sources: tokenSources},
    {
      says: 'a token volume for another audience',
      sources: tokenSources.map(({serviceAccountToken, ...rest}) =>
        serviceAccountToken === undefined
          ? rest
          : {serviceAccountToken: {...serviceAccountToken, audience: 'vault'}},
      ),
    },
    {
      says: 'a token volume with another config map',
      sources: [...tokenSources, {configMap: {name: 'other'}}],
    },
  ];
  return [
    ...ofType,
    ...tokens.map(({says, sources: projected}) => ({
      says,
      edits: [volume({projected: {sources: projected}})],
    })),
  ];
}

/** Paths on both sides of each prefix, mounted for reading and for writing. */
export function hostPathMisses({spec: {allowedHostPaths = []}}: Policy): readonly Miss[] {
  const prefixes = allowedHostPaths.map(({pathPrefix = ''}) => pathPrefix.replace(/\/+$/, ''));
  const paths = prefixes.flatMap(prefix => [
    prefix || '/',
    `${prefix}/`,
    `${prefix}/below`,
    `${prefix}x`,
    prefix.slice(0, prefix.lastIndexOf('/')) || '/',
  ]);
  const all = [...new Set([...paths, '/psp-verify'])].filter(path => path.startsWith('/'));
  return all.flatMap(path =>
    [true, false].map(readOnly => ({
      says: `host path ${path}, ${readOnly ? 'read only' : 'to be written'}`,
      edits: [
        volume({hostPath: {path}}),
        {
          at: ['spec', 'containers', 0, 'volumeMounts'],
          value: [{name: 'v', mountPath: '/v', readOnly}],
        },
      ],
    })),
  );
}

function volume(source: object): Edit {
  return {at: ['spec', 'volumes'], value: [{name: 'v', ...source}]};
}

/** What the ServiceAccount plugin mounts (plugin/pkg/admission/serviceaccount, v1.37). */
const tokenSources: readonly {
  readonly serviceAccountToken?: object;
  readonly configMap?: object;
  readonly downwardAPI?: object;
}[] = [
  {serviceAccountToken: {path: 'token', expirationSeconds: 3607}},
  {configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
  {
    downwardAPI: {
      items: [{path: 'namespace', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}}],
    },
  },
];

/** A source of each type that the server takes for valid (pkg/apis/core/validation, v1.37). */
const sources: Readonly<Record<(typeof volumeSourceKeys)[number], object>> = {
  hostPath: {path: '/psp-verify'},
  emptyDir: {},
  gcePersistentDisk: {pdName: 'disk'},
  awsElasticBlockStore: {volumeID: 'vol-1'},
  gitRepo: {repository: 'https://example.com/r.git'},
  secret: {secretName: 's'},
  nfs: {server: 'nfs.example.com', path: '/'},
  iscsi: {targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:storage', lun: 0},
  glusterfs: {endpoints: 'e', path: 'p'},
  persistentVolumeClaim: {claimName: 'c'},
  rbd: {monitors: ['10.0.0.1:6789'], image: 'i'},
  flexVolume: {driver: 'example.com/flex'},
  cinder: {volumeID: 'v'},
  cephfs: {monitors: ['10.0.0.1:6789']},
  flocker: {datasetName: 'd'},
  downwardAPI: {
    items: [{path: 'name', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.name'}}],
  },
  fc: {targetWWNs: ['50060e801049cfd1'], lun: 0},
  azureFile: {secretName: 's', shareName: 's'},
  configMap: {name: 'c'},
  vsphereVolume: {volumePath: '[store] disk.vmdk'},
  quobyte: {registry: 'example.com:7861', volume: 'v'},
  azureDisk: {
    diskName: 'd',
    diskURI: 'https://example.com/d.vhd',
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    readOnly: false,
    kind: 'Shared',
  },
  photonPersistentDisk: {pdID: 'd'},
  projected: {sources: [{secret: {name: 's'}}]},
  portworxVolume: {volumeID: 'v'},
  scaleIO: {gateway: 'https://example.com', system: 's', secretRef: {name: 's'}, volumeName: 'v'},
  storageos: {volumeName: 'v'},
  csi: {driver: 'csi.example.com'},
  ephemeral: {
    volumeClaimTemplate: {
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
    },
  },
};
