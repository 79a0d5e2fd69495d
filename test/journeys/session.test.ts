import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {openRules, policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {hasTmux, openTerminal, type Terminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const policies = '/apis/policy/v1beta1/podsecuritypolicies';
const rbac = 'rbac.authorization.k8s.io';

const webSpec = {...openRules, hostNetwork: true, volumes: ['emptyDir', 'configMap']};

/** A namespace whose service account `web` may use the policy `web` and runs a workload that fits. */
const objects: readonly JsonObject[] = [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'web', namespace: 'shop'}},
  policyObject('web', webSpec),
  policyObject('other'),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'psp:web'},
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        verbs: ['use'],
        resourceNames: ['web'],
      },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name: 'web', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'psp:web'},
    subjects: [{kind: 'ServiceAccount', name: 'web', namespace: 'shop'}],
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'front', namespace: 'shop'},
    spec: {
      selector: {matchLabels: {app: 'front'}},
      template: {
        metadata: {labels: {app: 'front'}},
        spec: {
          serviceAccountName: 'web',
          automountServiceAccountToken: false,
          containers: [{name: 'main', image: 'none'}],
          volumes: [{name: 'cache', emptyDir: {}}],
        },
      },
    },
  },
];

const isReady = hasReference('etcd', 'kube-apiserver') && hasTmux();

describe.runIf(isReady)('the session in a terminal, on a real server', () => {
  let server: ApiServer;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kubectl-psp-journey-'));
    server = await startApiServer();
    await server.createAll(objects);
  });
  beforeEach(async () => {
    await patch({spec: {...webSpec, hostIPC: null, hostPID: null, privileged: null}});
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, {recursive: true, force: true});
  });

  async function patch(body: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    const answer = await server.request('PATCH', `${policies}/web`, body, {contentType});
    if (answer.status !== 200) throw new Error(answer.text);
  }

  async function specOfWeb(): Promise<JsonObject> {
    const {json} = await server.request('GET', `${policies}/web`);
    const spec = isObject(json) ? json.spec : undefined;
    return isObject(spec) ? spec : {};
  }

  function terminal(): Terminal {
    const opened = openTerminal({cwd: dir});
    onTestFinished(() => opened.close());
    return opened;
  }

  /** Opens the session in the editor of the policy `web`. */
  async function openEditor(): Promise<Terminal> {
    const screen = terminal();
    screen.type(start());
    await screen.shows(/live \d\d:/);
    screen.press(':');
    screen.press('p', 's', 'p', 'Enter');
    await screen.shows(/^> other /m);
    screen.press('Down', 'Enter');
    await screen.shows('Nothing is edited yet');
    return screen;
  }

  const start = () => `${program} --kubeconfig ${server.kubeconfig} -n shop`;

  test('browse, why, edit, impact, apply, and the cluster has changed', async () => {
    const screen = terminal();
    screen.type(start());
    await screen.shows(/web +1 +web +web/);
    screen.press('Down', 'Enter');
    await screen.shows('Deployment/front');
    screen.press('Enter');
    expect(await screen.shows('e edit policy')).toMatch(/admitted by web/);
    screen.press('e');
    await screen.shows('Nothing is edited yet');
    screen.press('Down', 'Left', 'Down', 'Down', 'Right');
    const edited = await screen.shows(/Host IPC +allowed.*(?:edited|\* looser)/);
    expect(edited).toMatch(/Host network +forbidden.*edited/);
    expect(edited).toContain('So far: 1 stays');
    expect(edited).toMatch(/p apply {2}i impact/);
    screen.press('i');
    await screen.shows(/\[1 stays\](.|\n)*Deployment\/front/);
    screen.press('Escape');
    await screen.shows('So far:');
    screen.press('p');
    const proposal = await screen.shows('Type web to apply:');
    expect(proposal).toContain('The server would update PodSecurityPolicy web');
    expect(proposal).toMatch(/^-.*hostNetwork: true/m);
    expect(proposal).toMatch(/^\+.*hostIPC: true/m);
    expect(await specOfWeb()).toMatchObject({hostNetwork: true});
    screen.press('w', 'e', 'b', 'Enter');
    const applied = await screen.shows('updated PodSecurityPolicy web; the old one is in');
    const spec = await specOfWeb();
    expect(spec).toMatchObject({hostIPC: true, volumes: ['emptyDir', 'configMap']});
    expect(spec.hostNetwork ?? false).toBe(false);
    const [file = ''] = readdirSync(dir);
    expect(applied.replaceAll(/\s+/g, '')).toContain(file);
    expect(readFileSync(join(dir, file), 'utf8')).toContain('hostNetwork: true');
    screen.press('Escape');
    await screen.shows(/Host IPC +allowed(.|\n)*Nothing is edited yet/);
    screen.press('q');
    await screen.shows(/[$#] *\n+$/);
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
  });

  test('somebody changes the policy during the edit: said, not sent, merged, applied', async () => {
    const screen = await openEditor();
    screen.press('Down', 'Down', 'Right');
    await screen.shows(/Host processes +allowed.*(?:edited|\* looser)/);
    await patch({metadata: {labels: {by: 'another'}}, spec: {hostNetwork: false}});
    await screen.shows('m puts your edit on top');
    screen.press('p');
    await screen.shows('was changed in the cluster after your edit began');
    expect((await specOfWeb()).hostPID ?? false).toBe(false);
    screen.press('Escape');
    await screen.shows('m puts your edit on top');
    screen.press('m', 'p');
    await screen.shows('Type web to apply:');
    screen.press('w', 'e', 'b', 'Enter');
    await screen.shows('updated PodSecurityPolicy web');
    const spec = await specOfWeb();
    expect(spec.hostPID).toBe(true);
    expect(spec.hostNetwork ?? false).toBe(false);
  });

  test('the server dies and starts again: stale, the edit and the place stay', async () => {
    const screen = await openEditor();
    screen.press('Down', 'Down', 'Right');
    await screen.shows(/Host processes +allowed.*(?:edited|\* looser)/);
    await server.kill();
    await screen.shows(/STALE since \d\d:\d\d:\d\d/);
    screen.press('p');
    await screen.shows('your edit is kept');
    screen.press('Escape');
    await screen.shows(/next try in \d+ s/);
    await server.restart();
    await patch({metadata: {labels: {meanwhile: 'yes'}}});
    const back = await screen.shows(/live \d\d:\d\d:\d\d/, 45_000);
    expect(back).toMatch(/> Host processes +allowed.*(?:edited|\* looser)/);
    // Until the session has heard of the change, what it would send is refused.
    await expect
      .poll(async () => {
        screen.press('p');
        const asked = await screen.shows(/Type web to apply:|someone else since it was read/);
        if (!asked.includes('Type web')) screen.press('Escape');
        return asked;
      })
      .toContain('Type web to apply:');
    screen.press('w', 'e', 'b', 'Enter');
    await screen.shows('updated PodSecurityPolicy web');
    expect((await specOfWeb()).hostPID).toBe(true);
  });

  test('resized, stopped and continued, left with edits; without colours', async () => {
    const screen = terminal();
    screen.type(`NO_COLOR=1 ${start()}`);
    await screen.shows(/live \d\d:/);
    screen.press(':', 'p', 's', 'p', 'Enter', 'Enter');
    await screen.shows('Nothing is edited yet');
    expect(screen.screen(true)).not.toMatch(/\u001B\[[0-9;]*(?:3[0-7]|9[0-7]|4[0-7])[;m]/);
    screen.press('Right');
    await screen.shows('edited');
    screen.resize(60, 15);
    await screen.shows(/^←→ .*\? help$/m);
    screen.resize(250, 50);
    await screen.shows(/Runtime class/i);
    screen.press('C-z');
    await screen.shows('Stopped');
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
    screen.resize(80, 24); // nobody tells a stopped process
    screen.type('fg');
    await screen.shows(/> Privileged +allowed.*(?:edited|\* looser)/);
    await screen.shows(/^u\/U undo\/redo .*\? help/m); // drawn in the new size, with two lines of keys
    screen.press('q');
    await screen.shows('Quit and lose them? y/n');
    screen.press('n');
    await screen.shows('of 22');
    screen.press('C-c');
    await screen.shows('Quit and lose them? y/n');
    screen.press('C-c');
    await screen.shows(/Stopped/);
    screen.type('echo "code $?"');
    await screen.shows('code 130');
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
  });

  test.each([
    ['TERM', 143],
    ['HUP', 129],
    ['INT', 130],
  ] as const)('SIG%s leaves a usable terminal and exit code %i', async (signal, code) => {
    const screen = terminal();
    const pidFile = join(server.dir, `pid-${signal}`);
    screen.type(`sh -c 'echo $$ > ${pidFile}; exec ${start()}'; echo "code $?"`);
    await screen.shows(/live \d\d:/);
    expect(screen.state().alternate).toBe(true);
    process.kill(Number(readFileSync(pidFile, 'utf8')), `SIG${signal}`);
    await screen.shows(`code ${code}`);
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
    screen.type('stty -a');
    await screen.shows(/(?<!-)icanon/);
  });
});
