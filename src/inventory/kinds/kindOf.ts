import {workloadKinds} from './workloads.ts';

const shortKinds: Readonly<Record<string, string>> = {
  po: 'Pod',
  pod: 'Pod',
  pods: 'Pod',
  deploy: 'Deployment',
  rs: 'ReplicaSet',
  rc: 'ReplicationController',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  cj: 'CronJob',
};

/** The kind that kubectl's name for it means: `deploy`, `deployments`, `Deployment`. */
export function kindOf(text: string): string {
  const [lower = ''] = text.toLowerCase().split('.');
  const known = Object.entries(workloadKinds).find(
    ([kind, {plural}]) => kind.toLowerCase() === lower || plural === lower,
  );
  return (Object.hasOwn(shortKinds, lower) ? shortKinds[lower] : known?.[0]) ?? text;
}
