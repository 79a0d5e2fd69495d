/**
 * The messages of k8s.io/api v0.24 core/v1 that a pod is made of, as far as they are read; and what later
 * versions have, up to v0.37, that Pod Security Admission looks at.
 */
import {type Field, inline, later, type Message, many, message, nonZero, one} from './message.ts';
import {objectMetaMessage} from './meta.ts';

const go = (name: string) => `k8s.io/api/core/v1.${name}`;

/** A message of which only the presence matters. */
const presence = (name: string): Message => message(go(name), {});

const seLinuxOptions = message(go('SELinuxOptions'), {
  user: nonZero(1, 'string'),
  role: nonZero(2, 'string'),
  type: nonZero(3, 'string'),
  level: nonZero(4, 'string'),
});

const seccompProfile = message(go('SeccompProfile'), {
  type: one(1, 'string'),
  localhostProfile: one(2, 'string'),
});

const appArmorProfile = message(go('AppArmorProfile'), {
  type: later(one(1, 'string')),
  localhostProfile: later(one(2, 'string')),
});

const windowsOptions = message(go('WindowsSecurityContextOptions'), {
  gmsaCredentialSpecName: one(1, 'string'),
  runAsUserName: one(3, 'string'),
  hostProcess: one(4, 'bool'),
});

const capabilities = message(go('Capabilities'), {
  add: many(1, 'string'),
  drop: many(2, 'string'),
});

const securityContext = message(go('SecurityContext'), {
  capabilities: one(1, capabilities),
  privileged: one(2, 'bool'),
  seLinuxOptions: one(3, seLinuxOptions),
  runAsUser: one(4, 'int64'),
  runAsNonRoot: one(5, 'bool'),
  readOnlyRootFilesystem: one(6, 'bool'),
  allowPrivilegeEscalation: one(7, 'bool'),
  runAsGroup: one(8, 'int64'),
  procMount: one(9, 'string'),
  windowsOptions: one(10, windowsOptions),
  seccompProfile: one(11, seccompProfile),
  appArmorProfile: later(one(12, appArmorProfile)),
});

const containerPort = message(go('ContainerPort'), {
  hostPort: nonZero(2, 'int32'),
  containerPort: one(3, 'int32'),
  protocol: nonZero(4, 'string'),
  hostIP: nonZero(5, 'string'),
});

/** The name of a volume; those of tokens are random. */
const volumeName: Field = {...one(1, 'string'), varies: 'name'};

const volumeMount = message(go('VolumeMount'), {
  name: volumeName,
  readOnly: nonZero(2, 'bool'),
  mountPath: one(3, 'string'),
  mountPropagation: one(5, 'string'),
});

/** How a container is asked for its state: only a named host matters. */
const handlerFields = {
  httpGet: one(2, message(go('HTTPGetAction'), {host: nonZero(3, 'string')})),
  tcpSocket: one(3, message(go('TCPSocketAction'), {host: nonZero(2, 'string')})),
};
const probe = message(go('Probe'), {
  probeHandler: inline(1, message(go('ProbeHandler'), handlerFields)),
});
const hook = message(go('LifecycleHandler'), handlerFields);
const lifecycle = message(go('Lifecycle'), {postStart: one(1, hook), preStop: one(2, hook)});

const containerFields = {
  name: one(1, 'string'),
  ports: many(6, containerPort),
  volumeMounts: many(9, volumeMount),
  livenessProbe: one(10, probe),
  readinessProbe: one(11, probe),
  lifecycle: one(12, lifecycle),
  securityContext: one(15, securityContext),
  startupProbe: one(22, probe),
};
const container = message(go('Container'), containerFields);
const ephemeralContainer = message(go('EphemeralContainer'), {
  ephemeralContainerCommon: inline(1, message(go('EphemeralContainerCommon'), containerFields)),
});

const podSecurityContext = message(go('PodSecurityContext'), {
  seLinuxOptions: one(1, seLinuxOptions),
  runAsUser: one(2, 'int64'),
  runAsNonRoot: one(3, 'bool'),
  supplementalGroups: many(4, 'int64'),
  fsGroup: one(5, 'int64'),
  runAsGroup: one(6, 'int64'),
  sysctls: many(7, message(go('Sysctl'), {name: one(1, 'string')})),
  windowsOptions: one(8, windowsOptions),
  fsGroupChangePolicy: one(9, 'string'),
  seccompProfile: one(10, seccompProfile),
  appArmorProfile: later(one(11, appArmorProfile)),
});

const volumeFile = message(go('DownwardAPIVolumeFile'), {
  path: one(1, 'string'),
  fieldRef: one(
    2,
    message(go('ObjectFieldSelector'), {
      apiVersion: nonZero(1, 'string'),
      fieldPath: one(2, 'string'),
    }),
  ),
  resourceFieldRef: one(3, presence('ResourceFieldSelector')),
});

const localObjectReference = message(go('LocalObjectReference'), {name: nonZero(1, 'string')});

const projection = message(go('VolumeProjection'), {
  secret: one(1, presence('SecretProjection')),
  downwardAPI: one(2, message(go('DownwardAPIProjection'), {items: many(1, volumeFile)})),
  configMap: one(
    3,
    message(go('ConfigMapProjection'), {localObjectReference: inline(1, localObjectReference)}),
  ),
  serviceAccountToken: one(
    4,
    message(go('ServiceAccountTokenProjection'), {
      audience: nonZero(1, 'string'),
      expirationSeconds: one(2, 'int64'),
      path: one(3, 'string'),
    }),
  ),
});

/** A path of a node, of a pod's volume or of a PersistentVolume. */
export const hostPath = message(go('HostPathVolumeSource'), {path: one(1, 'string')});

const volumeSource = message(go('VolumeSource'), {
  hostPath: one(1, hostPath),
  emptyDir: one(2, presence('EmptyDirVolumeSource')),
  gcePersistentDisk: one(3, presence('GCEPersistentDiskVolumeSource')),
  awsElasticBlockStore: one(4, presence('AWSElasticBlockStoreVolumeSource')),
  gitRepo: one(5, presence('GitRepoVolumeSource')),
  secret: one(6, presence('SecretVolumeSource')),
  nfs: one(7, presence('NFSVolumeSource')),
  iscsi: one(8, presence('ISCSIVolumeSource')),
  glusterfs: one(9, presence('GlusterfsVolumeSource')),
  persistentVolumeClaim: one(10, presence('PersistentVolumeClaimVolumeSource')),
  rbd: one(11, presence('RBDVolumeSource')),
  flexVolume: one(12, message(go('FlexVolumeSource'), {driver: one(1, 'string')})),
  cinder: one(13, presence('CinderVolumeSource')),
  cephfs: one(14, presence('CephFSVolumeSource')),
  flocker: one(15, presence('FlockerVolumeSource')),
  downwardAPI: one(16, presence('DownwardAPIVolumeSource')),
  fc: one(17, presence('FCVolumeSource')),
  azureFile: one(18, presence('AzureFileVolumeSource')),
  configMap: one(19, presence('ConfigMapVolumeSource')),
  vsphereVolume: one(20, presence('VsphereVirtualDiskVolumeSource')),
  quobyte: one(21, presence('QuobyteVolumeSource')),
  azureDisk: one(22, presence('AzureDiskVolumeSource')),
  photonPersistentDisk: one(23, presence('PhotonPersistentDiskVolumeSource')),
  portworxVolume: one(24, presence('PortworxVolumeSource')),
  scaleIO: one(25, presence('ScaleIOVolumeSource')),
  projected: one(26, message(go('ProjectedVolumeSource'), {sources: many(1, projection)})),
  storageos: one(27, presence('StorageOSVolumeSource')),
  csi: one(28, message(go('CSIVolumeSource'), {driver: one(1, 'string')})),
  ephemeral: one(29, presence('EphemeralVolumeSource')),
  image: later(one(30, presence('ImageVolumeSource'))),
});

const volume = message(go('Volume'), {
  name: volumeName,
  volumeSource: inline(2, volumeSource),
});

export const podSpecMessage = message(go('PodSpec'), {
  volumes: many(1, volume),
  containers: many(2, container),
  serviceAccountName: nonZero(8, 'string'),
  serviceAccount: nonZero(9, 'string'),
  nodeName: {...nonZero(10, 'string'), varies: 'own'},
  hostNetwork: nonZero(11, 'bool'),
  hostPID: nonZero(12, 'bool'),
  hostIPC: nonZero(13, 'bool'),
  securityContext: one(14, podSecurityContext),
  initContainers: many(20, container),
  automountServiceAccountToken: one(21, 'bool'),
  shareProcessNamespace: one(27, 'bool'),
  runtimeClassName: one(29, 'string'),
  ephemeralContainers: many(34, ephemeralContainer),
  os: one(36, message(go('PodOS'), {name: one(1, 'string')})),
  hostUsers: later(one(37, 'bool')),
});

export const podTemplate = message(go('PodTemplateSpec'), {
  metadata: one(1, objectMetaMessage),
  spec: one(2, podSpecMessage),
});

/** Of a policy, too. */
export {seLinuxOptions};
