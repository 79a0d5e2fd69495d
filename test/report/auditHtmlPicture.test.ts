import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {root} from '../../scripts/bundle/bundle.ts';
import {pageScriptFile, pageScriptSource} from '../../scripts/bundle/pageScript.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {flowsOf} from '../../src/report/audit/html/flows.ts';
import {drawGraph} from '../../src/report/audit/html/picture/draw.ts';
import {graphOf} from '../../src/report/audit/html/picture/graph.ts';
import {layOut} from '../../src/report/audit/html/picture/layout.ts';
import {type FlowRow, type Flows, policyTones} from '../../src/report/audit/html/picture/ways.ts';
import {auditWith, demoAudit} from '../support/builders/auditPages.ts';

const audit = demoAudit();
const namespaces = [...new Set(audit.verdicts.map(({item}) => item.namespace))].sort();
const demo = flowsOf(audit, namespaces);

const texts = (length: number, name: string) => Array.from({length}, (_, at) => `${name}-${at}`);
const index = fc.nat(19);
const anyFlows: fc.Arbitrary<Flows> = fc
  .array(
    fc.tuple(index, index, fc.nat(5), index, index, fc.nat(3), fc.integer({min: 1, max: 5000})),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map(rows => ({
    namespaces: texts(20, 'namespace'),
    accounts: texts(20, 'account'),
    breadths: texts(6, 'breadth'),
    bindings: texts(20, 'binding'),
    policies: texts(20, 'policy'),
    tones: Array.from({length: 20}, (_, at) => policyTones[at % policyTones.length] ?? 'few'),
    states: texts(4, 'state'),
    rows: rows.map((row): FlowRow => [...row, '']),
  }));

describe('the ways of the pods', () => {
  test('go through the binding and to the policy that admission chose', () => {
    const shown = (flows: Flows) =>
      flows.rows.map(([namespace, account, breadth, binding, policy, state, pods, names]) =>
        [
          flows.namespaces[namespace],
          flows.accounts[account],
          flows.breadths[breadth],
          flows.bindings[binding],
          flows.policies[policy],
          flows.states[state],
          pods,
          names,
        ].join(' | '),
      );
    expect(shown(demo)).toContain(
      'kube-system | no service account | the node, by itself | RoleBinding psp-nodes (to the requester) | privileged | as it is | 4 | etcd-control-1, kube-apiserver-control-1, kube-controller-manager-control-1, kube-scheduler-control-1',
    );
    expect(shown(demo)).toContain(
      'logging | audit-tail | nobody | nothing that fits | no policy | denied | 2 | audit-tail-*',
    );
    expect(shown(demo).filter(line => line.startsWith('ingress | edge-proxy'))).toEqual([
      'ingress | edge-proxy | the account itself | ClusterRoleBinding psp:edge | edge | as it is | 2 | edge-proxy-*',
    ]);
    expect(new Set(demo.breadths)).toContain('all accounts anywhere');
  });

  test('lose no pod where a namespace has more ways than the page has room for', () => {
    const pods = Array.from({length: 4100}, (_, at) =>
      decodePod({
        metadata: {name: `pod-${at}`, namespace: 'a'},
        spec: {serviceAccountName: `account-${at}`, containers: [{name: 'c'}]},
      }),
    );
    const {rows, accounts} = flowsOf(auditWith({...emptyInventory, pods}, []), ['a']);
    expect(rows).toHaveLength(4001);
    expect(rows.reduce((sum, row) => sum + row[6], 0)).toBe(4100);
    const [, account = -1, , , , , number] = rows.at(-1) ?? [];
    expect([accounts[account], number]).toEqual(['other accounts', 100]);
  });
});

describe('the picture', () => {
  test('has every pod in every column, in at most 12 nodes', () => {
    fc.assert(
      fc.property(
        anyFlows,
        fc.integer({min: -1, max: 19}),
        fc.boolean(),
        (flows, place, narrow) => {
          const {columns, ways} = graphOf(flows, place, narrow);
          const rows = flows.rows.filter(row => place < 0 || row[0] === place);
          const pods = rows.reduce((sum, row) => sum + row[6], 0);
          expect(columns).toHaveLength(narrow ? 2 : 4);
          for (const {nodes} of columns) {
            expect(nodes.length).toBeLessThanOrEqual(12);
            expect(nodes.reduce((sum, node) => sum + node.pods, 0)).toBe(pods);
          }
          expect(ways.reduce((sum, way) => sum + way.pods, 0)).toBe(pods);
        },
      ),
    );
  });

  test('keeps bars apart and inside, and each way inside the bars that it goes through', () => {
    fc.assert(
      fc.property(anyFlows, fc.integer({min: 320, max: 1600}), (flows, width) => {
        const graph = graphOf(flows, -1, width < 640);
        const layout = layOut(graph, width);
        for (const bars of layout.bars) {
          for (const [at, {top, height}] of bars.entries()) {
            expect(top).toBeGreaterThanOrEqual(
              (bars[at - 1]?.top ?? 0) + (bars[at - 1]?.height ?? 0),
            );
            expect(top + height).toBeLessThanOrEqual(layout.height);
          }
        }
        for (const [at, {tops, thickness}] of layout.ways.entries()) {
          for (const [column, top] of tops.entries()) {
            const bar = layout.bars[column]?.[graph.ways[at]?.at[column] ?? -1];
            expect(top).toBeGreaterThanOrEqual((bar?.top ?? Infinity) - 0.001);
            expect(top + thickness).toBeLessThanOrEqual(
              (bar?.top ?? 0) + (bar?.height ?? 0) + 0.001,
            );
          }
        }
        expect(drawGraph(graph, layout)).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
  });

  test('puts the smallest nodes together', () => {
    const rows = texts(20, '').map((_, at): FlowRow => [at, 0, 0, 0, 0, 0, 100 - at, '']);
    const flows: Flows = {...demo, namespaces: texts(20, 'ns'), rows};
    const labels = graphOf(flows, -1, false).columns[0]?.nodes.map(({label}) => label);
    expect(labels).toEqual([...texts(11, 'ns'), '9 others']);
  });

  test('of one namespace has its accounts and bindings', () => {
    const {columns} = graphOf(demo, namespaces.indexOf('ingress'), false);
    expect(columns.map(({title, nodes}) => [title, nodes.map(({label}) => label).sort()])).toEqual([
      ['Service account', ['default', 'edge-controller', 'edge-proxy']],
      ['Through', ['ClusterRoleBinding psp:edge', 'RoleBinding psp-baseline']],
      ['Policy', ['baseline', 'edge']],
      ['After a restart', ['as it is']],
    ]);
  });

  test('cuts long names where they would run into the next column', () => {
    const long = 'x'.repeat(253);
    const flows: Flows = {...demo, namespaces: demo.namespaces.map(() => long)};
    const graph = graphOf(flows, -1, false);
    const svg = drawGraph(graph, layOut(graph, 1120));
    expect(svg).toContain(`<title>${long}: 18 pods</title>`);
    expect(svg).toMatch(/<text[^>]*>x{10,20}… </);
  });
});

test('the script of the page is what its source files make (npm run build writes it)', async () => {
  const written = readFileSync(join(root, pageScriptFile), 'utf8');
  expect(written).toBe(await pageScriptSource(root));
});
