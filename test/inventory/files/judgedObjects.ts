import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

export const anything = {rule: 'RunAsAny'};

export const rules = {
  runAsUser: anything,
  seLinux: anything,
  supplementalGroups: anything,
  fsGroup: anything,
};

export const policy = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name: 'base'},
  spec: {volumes: ['*'], ...rules},
};

export const container = {name: 'main', image: 'x'};

export const pod = {spec: {containers: [container]}};

export const privileged = {
  spec: {containers: [{...container, securityContext: {privileged: true}}]},
};

export function object(apiVersion: string, kind: string, spec: object, name = 'x'): object {
  return {apiVersion, kind, metadata: {name, namespace: 'a'}, spec};
}

export async function judged(...objects: readonly object[]) {
  const file = fileOf([policy, ...objects]);
  const [all, failing, allowing] = [
    await runHere('why', '-f', file, '--assume-authorized', '-o', 'json'),
    await runHere('why', '-f', file, '--assume-authorized', '--fail-on-denied'),
    await runHere('why', '-f', file, '--assume-authorized', '--fail-on-denied', '--allow-unread'),
  ];
  const {items, unjudged} = JSON.parse(all.out);
  return {items, unjudged, err: all.err, codes: [failing.code, allowing.code], failing};
}
