import type {JsonObject} from '../../src/kube/json.ts';
import {type ApiServer, startApiServer} from '../../test/support/server/apiServer.ts';
import {policies} from './clusterRights.ts';
import {kubectlCommand, missingServer} from './liveSection.ts';
import {noPackagedNote, withPackaged} from './packaged.ts';
import {type Command, ourProgram, timeByTurns, type Usage, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const namespaces = 100;
const rolesOfNamespace = 30;
const policyCount = 20;
const runs = 7;
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

function measure(server: ApiServer, packaged: string | undefined): Section {
  const args = (...scope: readonly string[]) => [
    'who-can',
    'policy-1',
    ...scope,
    '--kubeconfig',
    server.kubeconfig,
  ];
  const ours = (...scope: readonly string[]): Command => ({
    name: ['who-can', 'policy-1', ...scope].join(' '),
    program: ourProgram,
    args: args(...scope),
  });
  const beside = (command: Command, others: readonly Command[]) => {
    const [mine, theirs] = timeByTurns([command, ...others], runs);
    if (mine === undefined) throw new Error('nothing was measured');
    return {mine, theirs};
  };
  const all = beside(ours('-A'), kubectlCommand(server, 'get', rbacKinds, '-A', '-o', 'json'));
  const one = beside(
    ours('-n', 'ns-3'),
    kubectlCommand(server, 'get', 'rolebindings', '-n', 'ns-3'),
  );
  const released =
    packaged === undefined
      ? undefined
      : beside(
          {name: 'who-can -n ns-3, packaged', program: packaged, args: args('-n', 'ns-3')},
          kubectlCommand(server, 'get', 'rolebindings', '-n', 'ns-3'),
        );
  return {
    id: 'whoCan',
    title,
    notes: [
      ...(all.theirs === undefined ? ['kubectl not found: compared with nothing'] : []),
      ...(packaged === undefined ? [noPackagedNote] : []),
    ],
    rows: [
      usageRow(all.mine, all.theirs, {ratio: 0.5, seconds: 0.5, mib: 120}),
      usageRow(one.mine, one.theirs, {mib: 120}),
      ...(released === undefined
        ? []
        : [usageRow(released.mine, released.theirs, {ratio: 1.2, mib: 120})]),
    ],
    figures: {
      all: figuresOf(all),
      oneNamespace: figuresOf(one),
      packaged: released && figuresOf(released),
    },
  };
}

function figuresOf({mine, theirs}: {readonly mine: Usage; readonly theirs: Usage | undefined}) {
  return {ours: mine, kubectl: theirs};
}
