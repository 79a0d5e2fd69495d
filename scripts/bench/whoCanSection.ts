import {join} from 'node:path';
import type {JsonObject} from '../../src/kube/json.ts';
import {type ApiServer, startApiServer} from '../../test/support/server/apiServer.ts';
import {policies} from './clusterRights.ts';
import {kubectlCommand, missingServer} from './liveSection.ts';
import {noPackagedNote, withPackaged} from './packaged.ts';
import {type Command, findPeers, ourProgram, timeGroups, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const namespaces = 100;
const rolesOfNamespace = 30;
const policyCount = 20;
const runs = 11;
const total = (namespaces * rolesOfNamespace).toLocaleString('en-US');
const title = `Who-can: ${total} Roles and as many RoleBindings in ${namespaces} namespaces; medians of ${runs} runs by turns`;

/** Who may use one policy, in all namespaces and in one, beside kubectl's lists of what decides it. */
export async function whoCanSection(): Promise<Section> {
  const missing = missingServer();
  if (missing !== undefined) return skipped('whoCan', title, missing);
  const server = await startApiServer();
  try {
    await server.createAll([
      ...policies(policyCount),
      ...Array.from({length: namespaces}, (_, index) => index).flatMap(objectsOfNamespace),
    ]);
    return withPackaged(packaged => measure(server, packaged));
  } finally {
    await server.stop();
  }
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** A namespace whose roles are of all sorts; one in five opens a policy. */
function objectsOfNamespace(number: number): readonly JsonObject[] {
  const namespace = `ns-${number}`;
  const objects: JsonObject[] = [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
  ];
  for (let index = 0; index < rolesOfNamespace; index++) {
    const metadata = {name: `role-${index}`, namespace};
    const policy = `policy-${(number + index) % policyCount}`;
    const use = {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']};
    const read = {apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get']};
    const rules = index % 5 === 0 ? [{...use, resourceNames: [policy]}] : [read];
    objects.push(
      {apiVersion: `${rbacGroup}/v1`, kind: 'Role', metadata, rules},
      {
        apiVersion: `${rbacGroup}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: {apiGroup: rbacGroup, kind: 'Role', name: metadata.name},
        subjects: [
          {kind: 'ServiceAccount', name: `account-${index}`, namespace},
          {kind: 'User', apiGroup: rbacGroup, name: `user-${number}-${index}@example.com`},
        ],
      },
    );
  }
  return objects;
}

const rbacKinds = 'roles,rolebindings,clusterroles,clusterrolebindings';
const where = 'ns-3';

function measure(server: ApiServer, packaged: string | undefined): Section {
  const own = ['--kubeconfig', server.kubeconfig];
  const ours = (name: string, program: string, ...scope: readonly string[]): Command => ({
    name,
    program,
    args: ['who-can', 'policy-1', ...scope, ...own],
  });
  const use = ['use', 'podsecuritypolicies/policy-1'];
  const {all, one, bare, listed, listedOne, peers} = timeGroups(
    {
      all: [ours('who-can -A', ourProgram, '-A')],
      one: [
        ours(`who-can -n ${where}`, ourProgram, '-n', where),
        ...(packaged ? [ours(`who-can -n ${where}, packaged`, packaged, '-n', where)] : []),
      ],
      bare: [bareLists(server)],
      listed: kubectlCommand(server, 'get', rbacKinds, '-A', '-o', 'json'),
      listedOne: kubectlCommand(server, 'get', 'rolebindings', '-n', where),
      peers: findPeers([{name: 'kubectl-who-can', args: [...use, '-n', where, ...own]}]),
    },
    runs,
  );
  return {
    id: 'whoCan',
    title,
    notes: [
      ...(listed.length === 0 ? ['kubectl not found: not compared with it'] : []),
      ...(packaged === undefined ? [noPackagedNote] : []),
    ],
    rows: [
      ...all.map(usage => usageRow(usage, listed[0], {ratio: 0.15, seconds: 0.3, mib: 120})),
      ...one.flatMap(usage => [
        usageRow(usage, bare[0], {ratio: 1.25, mib: 120}),
        ...listedOne.map(peer => usageRow(usage, peer)),
        ...peers.map(peer => usageRow(usage, peer, {ratio: 1})),
      ]),
    ],
    figures: {all, one, bare, listed, listedOne, peers},
  };
}

/** The five lists that decide about one namespace, by a program that does nothing else. */
function bareLists({url, caFile, token}: ApiServer): Command {
  const rbac = `${url}/apis/${rbacGroup}/v1`;
  const lists = [
    `${url}/apis/policy/v1beta1/podsecuritypolicies`,
    `${rbac}/clusterroles`,
    `${rbac}/clusterrolebindings`,
    `${rbac}/namespaces/${where}/roles`,
    `${rbac}/namespaces/${where}/rolebindings`,
  ];
  return {
    name: 'bare Node, the same five lists',
    program: process.execPath,
    args: [join(import.meta.dirname, 'bareLists.mjs'), caFile, token, ...lists],
  };
}
