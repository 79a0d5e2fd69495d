import {once} from '../once.ts';

/** The fields of a type by their names in JSON, each with the name of its own type; '' for a plain value. */
export type FieldTypes = ReadonlyMap<string, string>;

/**
 * The types of the objects that manifests hold, with all their fields (k8s.io/api and k8s.io/apimachinery
 * v0.24). The first word of a line is a type, unless the line continues the one before. `volumes:Volume` is a field
 * whose values, or items, are of type Volume.
 */
const table = `
Pod metadata:ObjectMeta spec:PodSpec status
ReplicationController metadata:ObjectMeta spec:ReplicationControllerSpec status
ServiceAccount metadata:ObjectMeta secrets:ObjectReference imagePullSecrets:LocalObjectReference
  automountServiceAccountToken
Namespace metadata:ObjectMeta spec:NamespaceSpec status
Deployment metadata:ObjectMeta spec:DeploymentSpec status
ReplicaSet metadata:ObjectMeta spec:ReplicaSetSpec status
StatefulSet metadata:ObjectMeta spec:StatefulSetSpec status
DaemonSet metadata:ObjectMeta spec:DaemonSetSpec status
Job metadata:ObjectMeta spec:JobSpec status
CronJob metadata:ObjectMeta spec:CronJobSpec status
PodSecurityPolicy metadata:ObjectMeta spec:PodSecurityPolicySpec
Role metadata:ObjectMeta rules:PolicyRule
ClusterRole metadata:ObjectMeta rules:PolicyRule aggregationRule:AggregationRule
RoleBinding metadata:ObjectMeta subjects:Subject roleRef:RoleRef
ClusterRoleBinding metadata:ObjectMeta subjects:Subject roleRef:RoleRef
ObjectMeta name generateName namespace selfLink uid resourceVersion generation creationTimestamp
  deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences:OwnerReference
  finalizers clusterName managedFields:ManagedFieldsEntry
PodSpec volumes:Volume initContainers:Container containers:Container
  ephemeralContainers:EphemeralContainer restartPolicy terminationGracePeriodSeconds
  activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount
  automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace
  securityContext:PodSecurityContext imagePullSecrets:LocalObjectReference hostname subdomain
  affinity:Affinity schedulerName tolerations:Toleration hostAliases:HostAlias priorityClassName
  priority dnsConfig:PodDNSConfig readinessGates:PodReadinessGate runtimeClassName
  enableServiceLinks preemptionPolicy overhead
  topologySpreadConstraints:TopologySpreadConstraint setHostnameAsFQDN os:PodOS
ReplicationControllerSpec replicas minReadySeconds selector template:PodTemplateSpec
ObjectReference kind namespace name uid apiVersion resourceVersion fieldPath
LocalObjectReference name
NamespaceSpec finalizers
DeploymentSpec replicas selector:LabelSelector template:PodTemplateSpec
  strategy:DeploymentStrategy minReadySeconds revisionHistoryLimit paused
  progressDeadlineSeconds
ReplicaSetSpec replicas minReadySeconds selector:LabelSelector template:PodTemplateSpec
StatefulSetSpec replicas selector:LabelSelector template:PodTemplateSpec
  volumeClaimTemplates:PersistentVolumeClaim serviceName podManagementPolicy
  updateStrategy:StatefulSetUpdateStrategy revisionHistoryLimit minReadySeconds
  persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy
DaemonSetSpec selector:LabelSelector template:PodTemplateSpec
  updateStrategy:DaemonSetUpdateStrategy minReadySeconds revisionHistoryLimit
JobSpec parallelism completions activeDeadlineSeconds backoffLimit selector:LabelSelector
  manualSelector template:PodTemplateSpec ttlSecondsAfterFinished completionMode suspend
CronJobSpec schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend
  jobTemplate:JobTemplateSpec successfulJobsHistoryLimit failedJobsHistoryLimit
PodSecurityPolicySpec privileged defaultAddCapabilities requiredDropCapabilities
  allowedCapabilities volumes hostNetwork hostPorts:HostPortRange hostPID hostIPC
  seLinux:SELinuxStrategyOptions runAsUser:RunAsUserStrategyOptions
  runAsGroup:RunAsGroupStrategyOptions supplementalGroups:SupplementalGroupsStrategyOptions
  fsGroup:FSGroupStrategyOptions readOnlyRootFilesystem defaultAllowPrivilegeEscalation
  allowPrivilegeEscalation allowedHostPaths:AllowedHostPath allowedFlexVolumes:AllowedFlexVolume
  allowedCSIDrivers:AllowedCSIDriver allowedUnsafeSysctls forbiddenSysctls allowedProcMountTypes
  runtimeClass:RuntimeClassStrategyOptions
PolicyRule verbs apiGroups resources resourceNames nonResourceURLs
AggregationRule clusterRoleSelectors:LabelSelector
Subject kind apiGroup name namespace
RoleRef apiGroup kind name
OwnerReference apiVersion kind name uid controller blockOwnerDeletion
ManagedFieldsEntry manager operation apiVersion time fieldsType fieldsV1 subresource
Volume name hostPath:HostPathVolumeSource emptyDir:EmptyDirVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource
  awsElasticBlockStore:AWSElasticBlockStoreVolumeSource gitRepo:GitRepoVolumeSource
  secret:SecretVolumeSource nfs:NFSVolumeSource iscsi:ISCSIVolumeSource
  glusterfs:GlusterfsVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource
  rbd:RBDVolumeSource flexVolume:FlexVolumeSource cinder:CinderVolumeSource
  cephfs:CephFSVolumeSource flocker:FlockerVolumeSource downwardAPI:DownwardAPIVolumeSource
  fc:FCVolumeSource azureFile:AzureFileVolumeSource configMap:ConfigMapVolumeSource
  vsphereVolume:VsphereVirtualDiskVolumeSource quobyte:QuobyteVolumeSource
  azureDisk:AzureDiskVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource
  projected:ProjectedVolumeSource portworxVolume:PortworxVolumeSource
  scaleIO:ScaleIOVolumeSource storageos:StorageOSVolumeSource csi:CSIVolumeSource
  ephemeral:EphemeralVolumeSource
Container name image command args workingDir ports:ContainerPort envFrom:EnvFromSource
  env:EnvVar resources:ResourceRequirements volumeMounts:VolumeMount volumeDevices:VolumeDevice
  livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle
  terminationMessagePath terminationMessagePolicy imagePullPolicy
  securityContext:SecurityContext stdin stdinOnce tty
EphemeralContainer name image command args workingDir ports:ContainerPort envFrom:EnvFromSource
  env:EnvVar resources:ResourceRequirements volumeMounts:VolumeMount volumeDevices:VolumeDevice
  livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle
  terminationMessagePath terminationMessagePolicy imagePullPolicy
  securityContext:SecurityContext stdin stdinOnce tty targetContainerName
PodSecurityContext seLinuxOptions:SELinuxOptions windowsOptions:WindowsSecurityContextOptions
  runAsUser runAsGroup runAsNonRoot supplementalGroups fsGroup sysctls:Sysctl
  fsGroupChangePolicy seccompProfile:SeccompProfile
Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
Toleration key operator value effect tolerationSeconds
HostAlias ip hostnames
PodDNSConfig nameservers searches options:PodDNSConfigOption
PodReadinessGate conditionType
TopologySpreadConstraint maxSkew topologyKey whenUnsatisfiable labelSelector:LabelSelector
  minDomains
PodOS name
PodTemplateSpec metadata:ObjectMeta spec:PodSpec
LabelSelector matchLabels matchExpressions:LabelSelectorRequirement
DeploymentStrategy type rollingUpdate:RollingUpdateDeployment
PersistentVolumeClaim metadata:ObjectMeta spec:PersistentVolumeClaimSpec
  status:PersistentVolumeClaimStatus
StatefulSetUpdateStrategy type rollingUpdate:RollingUpdateStatefulSetStrategy
StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted whenScaled
DaemonSetUpdateStrategy type rollingUpdate:RollingUpdateDaemonSet
JobTemplateSpec metadata:ObjectMeta spec:JobSpec
HostPortRange min max
SELinuxStrategyOptions rule seLinuxOptions:SELinuxOptions
RunAsUserStrategyOptions rule ranges:IDRange
RunAsGroupStrategyOptions rule ranges:IDRange
SupplementalGroupsStrategyOptions rule ranges:IDRange
FSGroupStrategyOptions rule ranges:IDRange
AllowedHostPath pathPrefix readOnly
AllowedFlexVolume driver
AllowedCSIDriver name
RuntimeClassStrategyOptions allowedRuntimeClassNames defaultRuntimeClassName
HostPathVolumeSource path type
EmptyDirVolumeSource medium sizeLimit
GCEPersistentDiskVolumeSource pdName fsType partition readOnly
AWSElasticBlockStoreVolumeSource volumeID fsType partition readOnly
GitRepoVolumeSource repository revision directory
SecretVolumeSource secretName items:KeyToPath defaultMode optional
NFSVolumeSource server path readOnly
ISCSIVolumeSource targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery
  chapAuthSession secretRef:LocalObjectReference initiatorName
GlusterfsVolumeSource endpoints path readOnly
PersistentVolumeClaimVolumeSource claimName readOnly
RBDVolumeSource monitors image fsType pool user keyring secretRef:LocalObjectReference readOnly
FlexVolumeSource driver fsType secretRef:LocalObjectReference readOnly options
CinderVolumeSource volumeID fsType readOnly secretRef:LocalObjectReference
CephFSVolumeSource monitors path user secretFile secretRef:LocalObjectReference readOnly
FlockerVolumeSource datasetName datasetUUID
DownwardAPIVolumeSource items:DownwardAPIVolumeFile defaultMode
FCVolumeSource targetWWNs lun fsType readOnly wwids
AzureFileVolumeSource secretName shareName readOnly
ConfigMapVolumeSource name items:KeyToPath defaultMode optional
VsphereVirtualDiskVolumeSource volumePath fsType storagePolicyName storagePolicyID
QuobyteVolumeSource registry volume readOnly user group tenant
AzureDiskVolumeSource diskName diskURI cachingMode fsType readOnly kind
PhotonPersistentDiskVolumeSource pdID fsType
ProjectedVolumeSource sources:VolumeProjection defaultMode
PortworxVolumeSource volumeID fsType readOnly
ScaleIOVolumeSource gateway system secretRef:LocalObjectReference sslEnabled protectionDomain
  storagePool storageMode volumeName fsType readOnly
StorageOSVolumeSource volumeName volumeNamespace fsType readOnly secretRef:LocalObjectReference
CSIVolumeSource driver readOnly fsType volumeAttributes
  nodePublishSecretRef:LocalObjectReference
EphemeralVolumeSource volumeClaimTemplate:PersistentVolumeClaimTemplate
ContainerPort name hostPort containerPort protocol hostIP
EnvFromSource prefix configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource
EnvVar name value valueFrom:EnvVarSource
ResourceRequirements limits requests
VolumeMount name readOnly mountPath subPath mountPropagation subPathExpr
VolumeDevice name devicePath
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction
  initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold
  terminationGracePeriodSeconds
Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler
SecurityContext capabilities:Capabilities privileged seLinuxOptions:SELinuxOptions
  windowsOptions:WindowsSecurityContextOptions runAsUser runAsGroup runAsNonRoot
  readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile:SeccompProfile
SELinuxOptions user role type level
WindowsSecurityContextOptions gmsaCredentialSpecName gmsaCredentialSpec runAsUserName
  hostProcess
Sysctl name value
SeccompProfile type localhostProfile
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm
PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm
PodDNSConfigOption name value
LabelSelectorRequirement key operator values
RollingUpdateDeployment maxUnavailable maxSurge
PersistentVolumeClaimSpec accessModes selector:LabelSelector resources:ResourceRequirements
  volumeName storageClassName volumeMode dataSource:TypedLocalObjectReference
  dataSourceRef:TypedLocalObjectReference
PersistentVolumeClaimStatus phase accessModes capacity conditions:PersistentVolumeClaimCondition
  allocatedResources resizeStatus
RollingUpdateStatefulSetStrategy partition maxUnavailable
RollingUpdateDaemonSet maxUnavailable maxSurge
IDRange min max
KeyToPath key path mode
DownwardAPIVolumeFile path fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  mode
VolumeProjection secret:SecretProjection downwardAPI:DownwardAPIProjection
  configMap:ConfigMapProjection serviceAccountToken:ServiceAccountTokenProjection
PersistentVolumeClaimTemplate metadata:ObjectMeta spec:PersistentVolumeClaimSpec
ConfigMapEnvSource name optional
SecretEnvSource name optional
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector
ExecAction command
HTTPGetAction path port host scheme httpHeaders:HTTPHeader
TCPSocketAction port host
GRPCAction port service
LifecycleHandler exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction
Capabilities add drop
NodeSelector nodeSelectorTerms:NodeSelectorTerm
PreferredSchedulingTerm weight preference:NodeSelectorTerm
PodAffinityTerm labelSelector:LabelSelector namespaces topologyKey
  namespaceSelector:LabelSelector
WeightedPodAffinityTerm weight podAffinityTerm:PodAffinityTerm
TypedLocalObjectReference apiGroup kind name
PersistentVolumeClaimCondition type status lastProbeTime lastTransitionTime reason message
ObjectFieldSelector apiVersion fieldPath
ResourceFieldSelector containerName resource divisor
SecretProjection name items:KeyToPath optional
DownwardAPIProjection items:DownwardAPIVolumeFile
ConfigMapProjection name items:KeyToPath optional
ServiceAccountTokenProjection audience expirationSeconds path
ConfigMapKeySelector name key optional
SecretKeySelector name key optional
HTTPHeader name value
NodeSelectorTerm matchExpressions:NodeSelectorRequirement matchFields:NodeSelectorRequirement
NodeSelectorRequirement key operator values
`;

/** The fields of a type of Kubernetes v1.24, as `Pod` or `PodSpec`; undefined if it is not in the table. */
export function fieldTypesOf(type: string): FieldTypes | undefined {
  return tables().get(type);
}

const tables = once(
  () =>
    new Map(
      table
        .trim()
        .replaceAll('\n ', '')
        .split('\n')
        .map(line => {
          const [type = '', ...fields] = line.split(' ');
          return [type, new Map(fields.map(fieldOf))];
        }),
    ),
);

function fieldOf(text: string): readonly [string, string] {
  const [name = '', type = ''] = text.split(':');
  return [name, type];
}
