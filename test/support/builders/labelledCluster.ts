import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {fileOf} from '../run/files.ts';
import {objectOf} from '../run/output.ts';
import {runHere} from '../run/run.ts';

/** A namespace whose labels about Pod Security are these, without their prefix. */
export function labelled(name: string, levels: Readonly<Record<string, string>> = {}): JsonObject {
  const labels = Object.entries(levels).map(([mode, value]) => [
    `pod-security.kubernetes.io/${mode}`,
    value,
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {name, labels: Object.fromEntries(labels)},
  };
}

/** A pod spec that every level lets in. */
export const restrictedSpec: JsonObject = {
  securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
  containers: [
    {
      name: 'app',
      image: 'app',
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
    },
  ],
};

/** One that baseline lets in and restricted does not. */
export const plainSpec: JsonObject = {containers: [{name: 'app', image: 'app'}]};

/** One that only privileged lets in. */
export const hostSpec: JsonObject = {...plainSpec, hostNetwork: true};

/** A pod with this spec that no controller owns. */
export function barePod(namespace: string, name: string, spec: JsonObject): JsonObject {
  return {apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace}, spec};
}

/** A Deployment whose pods have this spec. */
export function deploymentOf(namespace: string, name: string, spec: JsonObject): JsonObject {
  const labels = {app: name};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {selector: {matchLabels: labels}, template: {metadata: {labels}, spec}},
  };
}

/** Namespaces of all kinds, each with pods of all needs. */
export function labelledObjects(suffix = ''): readonly JsonObject[] {
  const namespaces = [
    labelled(`strict${suffix}`, {enforce: 'restricted', audit: 'restricted'}),
    labelled(`middle${suffix}`, {
      enforce: 'baseline',
      'enforce-version': 'v1.30',
      warn: 'restricted',
    }),
    labelled(`open${suffix}`, {enforce: 'privileged', audit: 'baseline'}),
    labelled(`bare${suffix}`),
  ];
  return namespaces.flatMap(namespace => {
    const name = String(objectOf(namespace.metadata).name);
    return [
      namespace,
      deploymentOf(name, 'tight', restrictedSpec),
      deploymentOf(name, 'plain', plainSpec),
      deploymentOf(name, 'host', hostSpec),
    ];
  });
}

/** The file of a snapshot of a cluster of this version, without policies, that has these objects. */
export async function labelledSnapshot(
  objects: readonly JsonObject[],
  changes: JsonObject = {},
): Promise<string> {
  const {out} = await runHere('snapshot', '--from', fileOf(objects));
  const taken = {takenAt: '2026-01-01T00:00:00Z', source: 'context later', gaps: []};
  const server = {origin: 'cluster', policyApi: 'absent', serverVersion: 'v1.37.2'};
  const snapshot = {...objectOf(parseJson(out)), ...taken, ...server, ...changes};
  return fileOf(printJson(snapshot), 'later.json');
}
