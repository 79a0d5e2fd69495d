import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {printJson} from '../../src/kube/json.ts';
import {labelled} from '../support/builders/labelledCluster.ts';
import {laterObjects} from '../support/builders/laterCluster.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {hasTmux, openTerminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const successor = hasReference('etcd') && hasTmux() ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('a first look at a cluster of v1.37', () => {
  let server: ApiServer;
  const folder = folderOf();
  const namespaces = laterObjects.filter(({kind}) => kind === 'Namespace');

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    // Those that every cluster has are there already, without labels.
    const own = namespaces.filter(({metadata}) => !/^(default|kube-)/.test(nameOf(metadata)));
    await server.createAll(own);
    const account = (namespace: string) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {name: 'default', namespace},
    });
    await server.createAll(namespaces.map(({metadata}) => account(nameOf(metadata))));
    await server.createAll(laterObjects.filter(({kind}) => kind !== 'Namespace'));
  }, 120_000);
  afterAll(() => server?.stop());

  test('from the namespaces to the reason, the fix and the levels after it', async () => {
    const screen = openTerminal({cwd: folder});
    onTestFinished(() => screen.close());
    screen.type(`NO_COLOR=1 ${program} --kubeconfig ${server.kubeconfig}`);
    await screen.shows(/live \d\d:/);
    const first = await screen.shows(/shop +3 +baseline +restricted +privileged +1/);
    expect(first).toContain('Pod Security');
    expect(first).toMatch(/payments +2 +restricted:…29 .* baseline +1/);
    expect(first).toContain("the server's default decides, which no API shows");
    screen.press('/', ...'shop', 'Enter', 'Enter');
    await screen.shows(/Deployment\/tunnel +denied +privileged +host namespaces/);
    screen.press('/', ...'tunnel', 'Enter', 'Enter');
    const why = await screen.shows('host namespaces: hostNetwork=true');
    expect(why).toContain('kubectl label namespace shop');
    screen.press('NPage');
    await screen.shows('violates PodSecurity "baseline:latest"');
    screen.press('m');
    await screen.shows('migrate policies --from psp.yaml --server v1.37');
    screen.press('Escape', 'a');
    await screen.shows('One policy for each');
    screen.press('Escape', 'Escape', 'Escape', 'Escape');
    await screen.shows(/shop +3 +baseline/);
    // Somebody does what it said.
    const labels = {'pod-security.kubernetes.io/enforce': 'privileged'};
    const contentType = 'application/merge-patch+json';
    await server.request('PATCH', '/api/v1/namespaces/shop', {metadata: {labels}}, {contentType});
    await screen.shows(/shop +3 +privileged +restricted +privileged +0/);
    screen.resize(120, 40);
    await screen.shows(/▒▓|▓─|▓▓/);
    screen.press('q');
    await expect.poll(() => screen.state().alternate).toBe(false);
  });

  test('by commands, without a terminal', async () => {
    const screen = openTerminal({cwd: folder, columns: 120, rows: 80});
    onTestFinished(() => screen.close());
    const run = (args: string) =>
      screen.type(`${program} ${args} --kubeconfig ${server.kubeconfig}; echo "code $?"`);
    run('check');
    await screen.shows('Pods are judged by Pod Security Admission, not by PodSecurityPolicies.');
    await screen.shows('code 0');
    screen.type('clear');
    run('-o table');
    await screen.shows(/^payments +0 +2 +restricted:v1\.29 +baseline +1 +0 +0$/m);
    await screen.shows('code 0');
    screen.type('clear');
    run('audit -n payments');
    await screen.shows(/denied-by-level +Deployment/);
    await screen.shows('code 0');
    screen.type('clear');
    writeFileSync(
      join(folder, 'ns.yaml'),
      printJson(labelled('monitoring', {enforce: 'restricted', warn: 'baseline'})),
    );
    run('try -f ns.yaml -A');
    await screen.shows('2 would be denied');
    await screen.shows('code 1');
  });
});

function nameOf(metadata: unknown): string {
  return String(objectOf(metadata as Parameters<typeof objectOf>[0]).name);
}
