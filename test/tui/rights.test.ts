import {describe, expect, test} from 'vitest';
import {findingTable} from '../../src/tui/findingRows.ts';
import {modelOf} from '../../src/tui/model.ts';
import {remedyOf, remedyWords} from '../../src/tui/remedy.ts';
import {grantsPlan} from '../../src/tui/rightsPlans.ts';
import {grantTable, rightOfRow, rightTable, subjectTable} from '../../src/tui/rightsRows.ts';
import {cellValue, type Row} from '../../src/tui/table.ts';
import {workloadTable} from '../../src/tui/workloadRows.ts';
import {demo} from './standIns.ts';

const model = modelOf(demo);
const severalGrants = [
  'kubectl psp bind log-shipper --to sa:logging/log-shipper',
  'kubectl psp unbind log-shipper --to group:system:serviceaccounts',
].join(' && ');
/** The rows as what their cells show, those that have all these words. */
const cellsOf = (rows: readonly Row[], ...wanted: readonly string[]) =>
  rows
    .map(({cells}) => cells.map(cell => String(cellValue(cell))))
    .filter(cells => wanted.every(word => cells.includes(word)));

test('a view is empty only where all of it was read', () => {
  const gaps = [{resource: 'pods', namespace: 'payments', reason: 'forbidden'}];
  const partly = modelOf({...demo, gaps});
  const jobs = {name: 'workloads', namespace: 'payments', kind: 'Nothing'} as const;
  expect(workloadTable(model, jobs).empty).toBe('No Nothing here.');
  expect(workloadTable(partly, jobs).empty).toBe('None that was read; not all could be.');
  expect(findingTable(model, 'shop').empty).toBe('The audit finds nothing.');
  expect(findingTable(partly, 'shop').empty).toContain('not all could be');
});

describe('who may use what, in the session', () => {
  test('each subject of a policy with its binding, and the pods that come in by it', () => {
    const {rows} = subjectTable(model, 'privileged');
    expect(cellsOf(rows, 'sa:kube-system/kube-proxy')).toEqual([
      ['sa:kube-system/kube-proxy', 'kube-system', 'psp-agents', 'psp:privileged', '2'],
    ]);
    expect(cellsOf(rows, 'group:system:nodes')).toEqual([
      ['group:system:nodes', 'kube-system', 'psp-nodes', 'psp:privileged', '4'],
    ]);
    const counted = cellsOf(rows).map(cells => Number(cells.at(-1)));
    expect(counted.reduce((sum, each) => sum + each, 0)).toBe(
      model.boundTo.get('privileged')?.length,
    );
  });

  test('each policy of an account, as itself or as a member of a group', () => {
    const {rows} = rightTable(model, 'sa:kube-system/kube-proxy');
    expect(cellsOf(rows, 'privileged', 'itself')).toEqual([
      ['privileged', 'privileged', 'kube-system', 'itself', 'psp-agents', 'psp:privileged', '2'],
    ]);
    expect(cellsOf(rows, 'log-shipper', 'group:system:serviceaccounts')).toHaveLength(1);
    const [first] = rows;
    expect(first && rightOfRow(first)).toMatchObject({namespace: 'kube-system'});
    expect(cellsOf(rightTable(model, 'sa:shop/nobody').rows).map(cells => cells[3])).not.toContain(
      'itself',
    );
    expect(rightTable(model, 'group:on-call').rows).toHaveLength(demo.policies.length);
  });

  test('the bindings that open policies, of a namespace with those of the cluster', () => {
    const all = grantTable(model, undefined).rows;
    expect(all).toHaveLength(model.authorizer.grants.length);
    const shop = grantTable(model, 'shop').rows;
    expect(new Set(cellsOf(shop).map(([place]) => place))).toEqual(new Set(['(cluster)', 'shop']));
    expect(cellsOf(all, 'cluster-admin')).toEqual([
      ['(cluster)', 'cluster-admin', 'cluster-admin', 'all', 'group:system:masters'],
    ]);
  });
});

describe('findings and workloads, in the session', () => {
  test('a remedy that is a command is a step; the others stay text', () => {
    const byRule = Object.groupBy(model.findings, ({rule}) => rule);
    const words = (rule: string) => byRule[rule]?.map(each => remedyWords(remedyOf(each)))[0];
    expect(words('denied-now')).toBe('bind baseline to sa:payments/default');
    expect(words('open-to-workloads')).toBe('see who may use log-shipper');
    expect(words('missing-role')).toBe('delete RoleBinding/psp-tls');
    expect(words('ignored-policy')).toBe('edit shop-legacy');
    expect(words('over-broad-policy')).toBe('edit ci-builder');
    expect(words('shadowed-policy')).toBe('see who may use baseline');
    expect(words('policy-drift')).toBe('see why');
    expect(words('missing-policy')).toBeUndefined();
    const [finding] = model.findings;
    const deletion = finding && remedyOf({...finding, remedy: 'kubectl psp delete web'});
    expect(deletion).toEqual({do: 'delete', policy: 'web'});
    const half = 'kubectl psp bind web --to ns:shop && kubectl delete role/web -n shop';
    expect(finding && remedyOf({...finding, remedy: half})).toBeUndefined();
    expect(
      model.findings[0] && remedyOf({...model.findings[0], remedy: 'Ask a friend.'}),
    ).toBeUndefined();
    expect(
      model.findings[0] &&
        remedyOf({...model.findings[0], remedy: "kubectl psp unbind web --to 'group:a b' -n shop"}),
    ).toEqual({
      do: 'grants',
      grants: [{verb: 'unbind', policy: 'web', to: ['group:a b'], namespace: 'shop'}],
    });
  });

  test('a remedy of several grants is one change with one question', () => {
    const [finding] = model.findings;
    const remedy = finding && remedyOf({...finding, remedy: severalGrants});
    expect(remedyWords(remedy)).toBe(
      'bind log-shipper to sa:logging/log-shipper, then unbind log-shipper from group:system:serviceaccounts',
    );
    const plan = grantsPlan(demo, remedy?.do === 'grants' ? remedy.grants : []);
    expect(plan).toMatchObject({question: 'Make these changes?', name: 'log-shipper'});
    expect(plan.plan.steps.map(({action, object}) => [action, object.reference.name])).toEqual([
      ['create', 'psp:log-shipper'],
      ['update', 'psp:log-shipper'],
    ]);
  });

  test('the findings of a namespace, with those of the cluster', () => {
    const {rows} = findingTable(model, 'shop');
    expect(rows.length).toBeLessThan(model.findings.length);
    expect(cellsOf(rows).every(cells => !/ (?!shop\/)\w[\w-]*\//.test(cells[2] ?? ''))).toBe(true);
  });

  test('a workload is one row, with its pods and the worst of their states', () => {
    const all = workloadTable(model, {name: 'workloads'});
    expect(all.rows.length).toBeLessThan(model.verdicts.length);
    const {rows} = workloadTable(model, {name: 'workloads', namespace: 'shop', kind: 'Deployment'});
    expect(cellsOf(rows, 'thumbnailer')[0]).toEqual([
      'Deployment',
      'thumbnailer',
      '1',
      'denied',
      '',
    ]);
  });
});
