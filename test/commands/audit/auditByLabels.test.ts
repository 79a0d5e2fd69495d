import {describe, expect, test} from 'vitest';
import {laterSnapshot} from '../../support/builders/laterCluster.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

describe('audit of a cluster without policies', () => {
  test('looks at levels, and at what they refuse', async () => {
    const {code, out, err} = await runHere('audit', '--from', await laterSnapshot(), '-o', 'json');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(itemsOf(out).map(({id, severity}) => `${severity} ${id}`)).toEqual([
      'high denied-by-level/Deployment/payments/report',
      'high denied-by-level/Deployment/shop/tunnel',
      'medium no-level/Namespace/default/default',
      'low level-not-pinned/Namespace/shop/shop',
      'low no-level/Namespace/kube-system/kube-system',
    ]);
  });

  test('fails on what it is told to, and looks at one namespace', async () => {
    const file = await laterSnapshot();
    const codeOf = async (...args: readonly string[]) =>
      (await runHere('audit', '--from', file, ...args)).code;
    expect(await codeOf('--fail-on', 'high', '-n', 'shop')).toBe(1);
    expect(await codeOf('--fail-on', 'high', '-n', 'monitoring')).toBe(0);
  });

  test('never takes what was not read for fine', async () => {
    const gap = (resource: string, namespace?: string) => ({resource, namespace, reason: 'no'});
    const idsOf = async (changes: Parameters<typeof laterSnapshot>[0]) => {
      const {out} = await runHere('audit', '--from', await laterSnapshot(changes), '-o', 'json');
      return itemsOf(out).map(({id}) => id);
    };
    const blind = await idsOf({namespaces: [], gaps: [gap('namespaces')]});
    expect(blind).toEqual(
      [
        ...['denied-by-level', 'level-above-need', 'level-not-pinned', 'may-relabel', 'no-level'],
        'wrong-level',
      ].map(rule => `not-answered/Rule/${rule}`),
    );
    const partly = await idsOf({gaps: [gap('deployments', 'default')]});
    expect(partly).toContain('no-level/Namespace/default/default');
    expect(partly).toContain('not-answered/Rule/denied-by-level');
  });

  test('the page speaks of Pod Security', async () => {
    const {code, out} = await runHere('audit', '--from', await laterSnapshot(), '-o', 'html');
    expect(code).toBe(0);
    expect(out).toContain('Pod Security audit');
    expect(out).not.toContain('PodSecurityPolicy audit');
    expect(out).toMatch(/would deny <strong data-total="denied">2<\/strong>, and warn of/);
  });
});
