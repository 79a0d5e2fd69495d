/**
 * The service accounts in kube-system by which kube-controller-manager submits pods, and for which
 * kinds (with --use-service-account-credentials, as kubeadm sets it; pkg/controller, v1.24).
 */
export const controllerAccounts: Readonly<Record<string, string>> = {
  Deployment: 'replicaset-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  ReplicationController: 'replication-controller',
  Job: 'job-controller',
  CronJob: 'job-controller',
};

/** The kinds whose pods an account of kube-system submits; none for other accounts. */
export function kindsSubmittedBy(account: string): readonly string[] {
  return Object.entries(controllerAccounts).flatMap(([kind, name]) =>
    name === account ? [kind] : [],
  );
}
