import {describe, expect, test} from 'vitest';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {widthOf} from '../../src/tui/text.ts';
import {deploymentOf} from '../support/builders/labelledCluster.ts';
import {laterInventory} from '../support/builders/laterCluster.ts';
import {policy} from '../support/builders/policies.ts';
import {anyViews} from './anyView.ts';
import {enter, esc, openScreen, type ScreenOptions} from './screen.tsx';
import {agreeing, changing} from './standIns.ts';

const later = await laterInventory();
const open = (options: ScreenOptions = {}) => openScreen({live: changing(later), ...options});
const tab = '\t';

describe('on a cluster without policies the session', () => {
  test('opens with what each namespace asks for and needs, and what a restart would do', async () => {
    const screen = open();
    const frame = await screen.shows('NAMESPACE');
    const rows = frame.split('\n').slice(0, 11).join('\n');
    expect(rows).toMatchInlineSnapshot(`
      "kubectl psp  context later  v1.29.4  Pod Security  jane            live 09:20:00
      1 pod, 9 idle: 2 denied, 2 unknown, 2 warned  ███████▒▒▒▒▒▒▒▓▓▓▓▓▓▓─────────────
      Namespaces ─────────────────────────────────────────────────────────────────────
      No label in 2 namespaces: the server's default decides, which no API shows
        NAMESPACE    PODS  ENFORCED          WARN/AUDIT    NEEDED      DENIED  UNKNOWN
      > default         1  -                 -             baseline         0        1
        kube-system     2  -                 -             privileged       0        1
        monitoring      2  privileged        baseline, -   privileged       0        0
        payments        2  restricted:v1.29  restricted:…  baseline         1        0
        shop            3  baseline          restricted    privileged       1        0
      "
    `);
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(80);
    await screen.resize(120, 40);
    expect(await screen.shows('NAMESPACE')).toMatchInlineSnapshot(`
      "kubectl psp  context later  v1.29.4  Pod Security  jane                                                    live 09:20:00
      1 pod, 9 idle: 2 denied, 2 unknown, 2 warned  ███████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓─────────────────────────────
      Namespaces ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
      No label in 2 namespaces: the server's default decides, which no API shows
        NAMESPACE                    PODS  ENFORCED          WARN/AUDIT           NEEDED      DENIED  UNKNOWN
      > default      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒     1  -                 -                    baseline         0        1
        kube-system  ▒▒▒▒▒▒▒───────     2  -                 -                    privileged       0        1
        monitoring   ▓▓▓▓▓▓▓───────     2  privileged        baseline, -          privileged       0        0
        payments     ███████───────     2  restricted:v1.29  restricted:v1.29, -  baseline         1        0
        shop         ████▓▓▓▓▓─────     3  baseline          restricted           privileged       1        0


      Enter Pods of default ──────────────────────────────────────────────────────────────────────────────────────────────────
        NAME   STATE    NEEDS     AGAINST IT
        debug  unknown  baseline  allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, …






















      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      Row 1 of 5
      ↑↓ move  Enter open  Esc back  a advise  m policies for it  / filter  s sort  d describe  y copy name  Tab pods  ? help"
    `);
  });

  test('goes on to pods, and to why: the level, what it has against them, the words of the server', async () => {
    const screen = open();
    await screen.press('/', ...'shop', enter, enter);
    const pods = await screen.shows('AGAINST IT');
    expect(pods).toMatch(/Deployment\/cart +warned +baseline +allowPrivilegeEscalation/);
    expect(pods).toMatch(/Deployment\/tunnel +denied +privileged +host namespaces/);
    expect(pods).toMatch(/Deployment\/web +as it is +restricted$/m);
    await screen.press('/', ...'tunnel', enter, enter);
    const why = await screen.shows(
      'Deployment/tunnel in namespace shop: denied by baseline:latest',
    );
    expect(why).toContain('Enforced         baseline:latest, by its label');
    expect(why).toContain('host namespaces: hostNetwork=true');
    expect(why).not.toContain('Policies in the order');
    expect(why).toContain('a advise  m policies for it');
  });

  test('says what the server itself refuses, whatever the level', async () => {
    const torn = {privileged: true, allowPrivilegeEscalation: false};
    const spec = {containers: [{name: 'app', image: 'app', securityContext: torn}]};
    const inventory = await laterInventory({}, [deploymentOf('monitoring', 'torn', spec)]);
    const screen = open({live: changing(inventory)});
    await screen.press('/', ...'monitoring', enter, enter);
    const pods = await screen.shows('AGAINST IT');
    expect(pods).toMatch(/Deployment\/torn +denied +privileged +invalid: container app/);
    await screen.press('/', ...'torn', enter, enter);
    const why = await screen.shows('The API server itself refuses it:');
    expect(why).toContain('monitoring: denied: it is invalid, whatever');
    expect(why).not.toContain('kubectl label');
  });

  test('has advice and the two objects a key away, and nothing to apply', async () => {
    const screen = open();
    await screen.press('m');
    expect(await screen.shows('ValidatingAdmissionPolicy')).toContain('from v1.30 on');
    await screen.press(esc, 'a');
    await screen.shows('One policy for each');
    await screen.press('p');
    await screen.shows('This cluster has no PodSecurityPolicy to apply');
  });

  test.each([
    ['v1.31.2', '  kubectl psp migrate policies --from psp.yaml --server v1.31 --mode validate'],
    ['v1.37.0', '  kubectl psp migrate policies --from psp.yaml --server v1.37'],
  ])('says what to type on %s', async (serverVersion, line) => {
    const screen = open({live: changing({...later, serverVersion})});
    await screen.press('m');
    const text = await screen.shows('ValidatingAdmissionPolicy');
    expect(text.split('\n')).toContain(line);
  });

  test('has accounts and workloads with what they need', async () => {
    const screen = open({start: [{name: 'accounts', namespace: 'payments'}]});
    expect(await screen.shows('SERVICE ACCOUNT')).toMatch(/default +2 +baseline +as it is, denied/);
    await screen.press('b');
    await screen.shows('There are no policies here');
    await screen.press(tab, tab);
    const rows = await screen.shows('AGAINST IT');
    expect(rows).toMatch(/Deployment +report +0 +denied +baseline +allowPrivilegeEscalation/);
    await screen.press(tab);
    const findings = await screen.shows('Findings of payments');
    expect(findings).toMatch(
      /high +Deployment payments\/report +the level of its namespace refuses its/,
    );
    await screen.press(tab);
    await screen.shows('SERVICE ACCOUNT');
  });

  test('says of views about policies that there are none', async () => {
    const screen = open();
    await screen.press(':', ...'grants', enter);
    await screen.shows('Kubernetes removed PodSecurityPolicy');
    expect(screen.frame()).not.toContain('s sort');
    await screen.press('?', 'G');
    await screen.shows('the labels of namespaces decide (1.25 and later)');
  });

  test('tries labels, and refuses policies, which would do nothing', async () => {
    const labels = {'pod-security.kubernetes.io/enforce': 'baseline'};
    const namespaces = [{metadata: {name: 'monitoring', labels}}];
    const files = {...emptyInventory, namespaces};
    const screen = open({services: agreeing({readChange: async () => files})});
    await screen.press(':', ...'try ns.yaml', enter);
    expect(await screen.shows('With ns.yaml')).toContain('1 would be denied');
    await screen.press(enter);
    await screen.shows(
      'Deployment/node-exporter in namespace monitoring: denied by baseline:latest',
    );
    const policies = {...emptyInventory, policies: [policy({})]};
    const other = open({services: agreeing({readChange: async () => policies})});
    await other.press(':', ...'try p.yaml', enter);
    await other.shows(/the server \(v1\.29\.4\) has no\s+PodSecurityPolicy/);
  });

  test.each([
    [60, 15],
    [80, 24],
    [120, 40],
    [250, 50],
  ])(
    'fits %i columns and %i lines in every view, also of those that say nothing',
    (columns, rows) => {
      for (const view of anyViews) {
        const screen = open({start: [{name: 'namespaces'}, view], columns, rows});
        const lines = screen.lines();
        expect(lines, view.name).toHaveLength(rows);
        for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
        screen.close();
      }
    },
  );

  test('does not speak of defaults that are known', async () => {
    const podSecurity = {
      defaults: {
        enforce: {level: 'baseline', version: 'latest'},
        audit: {level: 'privileged', version: 'latest'},
        warn: {level: 'privileged', version: 'latest'},
      },
      exemptions: {usernames: [], namespaces: ['kube-system'], runtimeClasses: []},
    } as const;
    const screen = open({live: changing({...later, podSecurity})});
    const frame = await screen.shows('NAMESPACE');
    expect(frame).not.toContain('No label');
    expect(frame).not.toContain('UNKNOWN');
    expect(frame).toMatch(/default +1 +baseline +- +baseline +0$/m);
    expect(frame).toMatch(/kube-system +2 +baseline +- +privileged +0$/m);
  });
});
