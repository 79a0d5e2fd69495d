import {groupOf} from './apiGroups.ts';
import {type GroupKind, type PodCreator, podsOf} from './workloadKinds.ts';

/** What is known about a custom resource that pods are made from, or that looks as if they were. */
export interface CustomKind extends GroupKind {
  /**
   * Where its pods come from: a template in it, as it stands; a template to which its controller adds
   * containers, volumes or fields; its other fields; or nowhere, although it may hold a template.
   */
  readonly pods: 'template' | 'completed' | 'fields' | 'none';
  /** Who creates them, by the key below `spec` that holds the template; '' for all others. */
  readonly creators: Readonly<Record<string, PodCreator>>;
}

const unknown: PodCreator = {by: 'unknown'};
const replicaSets = podsOf('apps', 'ReplicaSet');
const deployments = podsOf('apps', 'Deployment');
const statefulSets = podsOf('apps', 'StatefulSet');
const daemonSets = podsOf('apps', 'DaemonSet');
const jobs = podsOf('batch', 'Job');

type Creators = CustomKind['creators'];

function kinds(
  pods: CustomKind['pods'],
  group: string,
  names: string,
  creators: PodCreator | Creators = unknown,
): readonly CustomKind[] {
  const by = isCreator(creators) ? {'': creators} : creators;
  return names.split(' ').map(kind => ({group, kind, pods, creators: by}));
}

function isCreator(creators: PodCreator | Creators): creators is PodCreator {
  return typeof creators.by === 'string';
}

const constraints = 'constraints.gatekeeper.sh';

/** Each line names the project whose documentation says so. */
const rows: readonly CustomKind[] = [
  // Argo Rollouts: the controller manages ReplicaSets, as a Deployment does.
  ...kinds('template', 'argoproj.io', 'Rollout', replicaSets),
  // Argo Workflows: the workflow controller creates a pod for each step.
  ...kinds(
    'fields',
    'argoproj.io',
    'Workflow CronWorkflow WorkflowTemplate ClusterWorkflowTemplate',
  ),
  // OpenKruise: kruise-manager creates the pods of its workloads itself.
  ...kinds('template', 'apps.kruise.io', 'CloneSet StatefulSet DaemonSet BroadcastJob'),
  ...kinds('template', 'apps.kruise.io', 'AdvancedCronJob', {
    '': unknown,
    'template.jobTemplate': jobs,
  }),
  ...kinds('template', 'apps.kruise.io', 'UnitedDeployment', {
    '': unknown,
    'template.statefulSetTemplate': statefulSets,
    'template.deploymentTemplate': deployments,
  }),
  // OpenKruise: containers that are added to other pods, and jobs on nodes.
  ...kinds('fields', 'apps.kruise.io', 'SidecarSet ImagePullJob'),
  // OpenShift: the controller of DeploymentConfigs manages ReplicationControllers.
  ...kinds(
    'template',
    'apps.openshift.io',
    'DeploymentConfig',
    podsOf('', 'ReplicationController'),
  ),
  // KEDA: a ScaledJob creates Jobs.
  ...kinds('template', 'keda.sh', 'ScaledJob', jobs),
  // Knative Serving: a Service has a Configuration, whose Revisions become Deployments, with queue-proxy.
  ...kinds('completed', 'serving.knative.dev', 'Service Configuration', deployments),
  ...kinds('fields', 'serving.knative.dev', 'Revision'),
  // Volcano: its controllers create the pods of the tasks.
  ...kinds('template', 'batch.volcano.sh', 'Job'),
  // Kubeflow Training Operator: it creates the pods of the replicas.
  ...kinds('template', 'kubeflow.org', 'TFJob PyTorchJob MPIJob XGBoostJob PaddleJob MXJob JAXJob'),
  // Kubeflow Notebooks: the controller makes a StatefulSet.
  ...kinds('template', 'kubeflow.org', 'Notebook', statefulSets),
  // KubeRay: the operator creates the pods of head and workers, and completes their templates.
  ...kinds('completed', 'ray.io', 'RayCluster RayJob RayService'),
  // Spark Operator: spark-submit creates the driver, and the driver its executors.
  ...kinds('fields', 'sparkoperator.k8s.io', 'SparkApplication ScheduledSparkApplication'),
  // Flink Kubernetes Operator: Flink merges podTemplate into the pods of the managers.
  ...kinds('completed', 'flink.apache.org', 'FlinkDeployment'),
  // Elastic Cloud on Kubernetes: podTemplate is merged into StatefulSets, Deployments and DaemonSets.
  ...kinds('completed', 'elasticsearch.k8s.elastic.co', 'Elasticsearch', statefulSets),
  ...kinds('completed', 'logstash.k8s.elastic.co', 'Logstash', statefulSets),
  ...kinds('completed', 'kibana.k8s.elastic.co', 'Kibana', deployments),
  ...kinds('completed', 'apm.k8s.elastic.co', 'ApmServer', deployments),
  ...kinds('completed', 'enterprisesearch.k8s.elastic.co', 'EnterpriseSearch', deployments),
  ...kinds('completed', 'maps.k8s.elastic.co', 'ElasticMapsServer', deployments),
  ...kinds('completed', 'beat.k8s.elastic.co', 'Beat', {
    '': unknown,
    deployment: deployments,
    daemonSet: daemonSets,
  }),
  ...kinds('completed', 'agent.k8s.elastic.co', 'Agent', {
    '': unknown,
    deployment: deployments,
    daemonSet: daemonSets,
    statefulSet: statefulSets,
  }),
  // Strimzi: the cluster operator makes the pods; `template` holds settings and no containers.
  ...kinds(
    'fields',
    'kafka.strimzi.io',
    'Kafka KafkaNodePool KafkaConnect KafkaBridge KafkaMirrorMaker KafkaMirrorMaker2',
  ),
  ...kinds('fields', 'core.strimzi.io', 'StrimziPodSet'),
  // KubeVirt: virt-controller makes a launcher pod for each virtual machine.
  ...kinds(
    'fields',
    'kubevirt.io',
    'VirtualMachine VirtualMachineInstance VirtualMachineInstanceReplicaSet',
  ),
  // Tekton Pipelines: the controller makes a pod for each TaskRun, of the steps of its task.
  ...kinds('fields', 'tekton.dev', 'Task ClusterTask TaskRun Pipeline PipelineRun'),
  // Prometheus Operator: it makes StatefulSets of its own, and merges `containers` into them.
  ...kinds(
    'fields',
    'monitoring.coreos.com',
    'Prometheus PrometheusAgent Alertmanager ThanosRuler',
  ),
  // JobSet: its controller creates Jobs.
  ...kinds('template', 'jobset.x-k8s.io', 'JobSet', jobs),
  // Operators of databases and queues: they make pods of settings.
  ...kinds('fields', 'postgresql.cnpg.io', 'Cluster Pooler'), // CloudNativePG
  ...kinds('fields', 'acid.zalan.do', 'postgresql'), // Zalando's Postgres Operator
  ...kinds('fields', 'postgres-operator.crunchydata.com', 'PostgresCluster'),
  ...kinds('fields', 'rabbitmq.com', 'RabbitmqCluster'),
  ...kinds('fields', 'cassandra.datastax.com', 'CassandraDatacenter'), // cass-operator
  // OpenTelemetry Operator, Jaeger Operator, VictoriaMetrics Operator: the same.
  ...kinds('fields', 'opentelemetry.io', 'OpenTelemetryCollector'),
  ...kinds('fields', 'jaegertracing.io', 'Jaeger'),
  ...kinds(
    'fields',
    'operator.victoriametrics.com',
    'VMAgent VMAlert VMAlertmanager VMAuth VMCluster VMSingle',
  ),
  // KServe: an InferenceService becomes a Knative Service or a Deployment, with containers of its own.
  ...kinds('fields', 'serving.kserve.io', 'InferenceService'),
  // Actions Runner Controller: it creates the pods of the runners, and completes them.
  ...kinds('completed', 'actions.github.com', 'AutoscalingRunnerSet EphemeralRunnerSet'),
  ...kinds('completed', 'actions.summerwind.dev', 'RunnerDeployment RunnerReplicaSet'),
  // Kubernetes: a ControllerRevision keeps an old template for a rollback.
  ...kinds('none', 'apps', 'ControllerRevision'),
  // Kyverno: patterns that pods are matched against.
  ...kinds('none', 'kyverno.io', 'Policy ClusterPolicy'),
  // Gatekeeper: what pods are compared with, in a kind for each template.
  ...kinds('none', constraints, ''),
  // Kubernetes: the schema of other objects.
  ...kinds('none', 'apiextensions.k8s.io', 'CustomResourceDefinition'),
];

const byGroupKind = new Map(rows.map(row => [`${row.group}/${row.kind}`, row]));

/** What is known about a custom resource; undefined if nothing is. */
export function customKindOf(apiVersion: string, kind: string): CustomKind | undefined {
  const group = groupOf(apiVersion);
  return byGroupKind.get(`${group}/${group === constraints ? '' : kind}`);
}

/** Who creates the pods of the template at these keys of an object of the kind. */
export function customCreatorOf({creators}: CustomKind, template: readonly string[]): PodCreator {
  const [, ...below] = template;
  const place = `${below.join('.')}.`;
  const prefix = Object.keys(creators).find(key => key !== '' && place.startsWith(`${key}.`));
  return creators[prefix ?? ''] ?? unknown;
}
