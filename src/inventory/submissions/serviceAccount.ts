import {mirrorPodKey} from '../../kube/annotations.ts';
import type {ServiceAccountObject} from '../../kube/objects.ts';
import {
  type Container,
  type Pod,
  secretTokenPrefix,
  serviceAccountOf,
  tokenVolumePrefix,
  type VolumeMount,
} from '../../kube/pod.ts';
import {type Release, sinceRelease} from '../../kube/release.ts';
import type {Volume} from '../../kube/volume.ts';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const noMount: VolumeMount = {
  name: undefined,
  mountPath: undefined,
  readOnly: undefined,
  mountPropagation: undefined,
  subPath: undefined,
  subPathExpr: undefined,
};

/** How a release hands the token of its account to a pod. */
interface TokenVolume {
  /** What the name of the volume begins with. */
  prefix(serviceAccount: string): string;
  readonly source: Omit<Volume, 'name'>;
  /** Whether a volume with such a name is one. */
  fits(volume: Volume): boolean;
}

const secretOfAccount: TokenVolume = {
  prefix: secretTokenPrefix,
  source: {secret: {}},
  fits: ({secret}) => secret !== undefined,
};

const boundToken: TokenVolume = {
  prefix: () => tokenVolumePrefix,
  source: {
    projected: {
      sources: [
        {
          secret: undefined,
          serviceAccountToken: {path: 'token', audience: undefined, expirationSeconds: 3607},
          configMap: undefined,
          downwardAPI: undefined,
        },
        {
          secret: undefined,
          serviceAccountToken: undefined,
          configMap: {name: 'kube-root-ca.crt'},
          downwardAPI: undefined,
        },
        {
          secret: undefined,
          serviceAccountToken: undefined,
          configMap: undefined,
          downwardAPI: {
            items: [
              {
                path: 'namespace',
                fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'},
                resourceFieldRef: undefined,
              },
            ],
          },
        },
      ],
    },
  },
  fits: () => true,
};

/** createVolume and the feature gate BoundServiceAccountTokenVolume. */
const tokenVolumes = sinceRelease<TokenVolume>({16: secretOfAccount, 21: boundToken});

/** Whether a service account wants its token mounted; an unknown one does. */
export type Automount = (namespace: string, serviceAccount: string) => boolean;

export function automountOf(serviceAccounts: readonly ServiceAccountObject[]): Automount {
  const unwilling = new Set(
    serviceAccounts
      .filter(({automountServiceAccountToken: mount}) => mount === false)
      .map(({metadata}) => `${metadata?.namespace}/${metadata?.name}`),
  );
  return (namespace, serviceAccount) => !unwilling.has(`${namespace}/${serviceAccount}`);
}

/**
 * A new pod after the ServiceAccount admission plugin, which runs before PodSecurityPolicy: with an
 * account and, unless it is unwanted, the token's volume and mounts
 * (plugin/pkg/admission/serviceaccount/admission.go). Mirror pods get neither.
 */
export function admitServiceAccount(pod: Pod, automount: Automount, release: Release): Pod {
  if (isMirrorPod(pod)) return pod;
  const serviceAccountName = serviceAccountOf(pod) || 'default';
  const spec = {...pod.spec, serviceAccountName};
  const namespace = pod.metadata.namespace ?? '';
  if (!(spec.automountServiceAccountToken ?? automount(namespace, serviceAccountName))) {
    return {...pod, spec};
  }

  const token = tokenVolumes(release);
  const prefix = token.prefix(serviceAccountName);
  const existing = spec.volumes?.find(
    volume => volume.name?.startsWith(prefix) && token.fits(volume),
  );
  // Kubernetes appends five random letters; here the name is the same each time.
  const name = existing?.name ?? `${prefix}xxxxx`;
  const mount = (container: Container): Container =>
    container.volumeMounts?.some(({mountPath}) => mountPath === tokenPath)
      ? container
      : {
          ...container,
          volumeMounts: [
            ...(container.volumeMounts ?? []),
            {...noMount, name, mountPath: tokenPath, readOnly: true},
          ],
        };
  const initContainers = spec.initContainers?.map(mount);
  const containers = spec.containers?.map(mount);
  const mounted = [
    ...(initContainers ?? []).map((container, i) => container !== spec.initContainers?.[i]),
    ...(containers ?? []).map((container, i) => container !== spec.containers?.[i]),
  ].some(Boolean);
  return {
    ...pod,
    spec: {
      ...spec,
      initContainers,
      containers,
      volumes:
        mounted && existing === undefined
          ? [...(spec.volumes ?? []), {name, ...token.source}]
          : spec.volumes,
    },
  };
}

/** Stands for a pod that the kubelet runs from a file on its node. */
export function isMirrorPod({metadata}: Pick<Pod, 'metadata'>): boolean {
  return metadata.annotations?.[mirrorPodKey] !== undefined;
}
