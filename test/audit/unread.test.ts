import {describe, expect, test} from 'vitest';
import {auditOf} from '../../src/audit/index.ts';
import {binding, deployment, findingsOf, gapOf, grant, psp} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {policyRules} from './cases/policyRules.ts';
import {open, privileged, strict, web} from './cases/ruleCase.ts';

describe('what could not be read', () => {
  const spare = [psp('spare'), ...grant('spare', 'user:alice')];
  const objects = [...web, open, ...spare, deployment('app', privileged)];

  test('is said, and nothing that depends on it', () => {
    const gaps = [gapOf('pods', 'other')];
    expect(findingsOf('unused-policy', objects)).toHaveLength(1);
    expect(findingsOf('unused-policy', objects, {gaps})).toEqual([]);
    const said = findingsOf('not-answered', objects, {gaps});
    const unused = said.find(({object}) => object.name === 'unused-policy');
    expect(unused).toMatchObject({
      severity: 'info',
      message: 'was not checked: could not read pods',
      evidence: ['pods in other: forbidden'],
      remedy: 'kubectl auth can-i list pods -A',
    });
    expect(said.map(({object}) => object.name)).not.toContain('open-to-workloads');
  });

  test('voids rules about single objects for its namespace alone', () => {
    const inOther = {...deployment('app', privileged), metadata: {name: 'app', namespace: 'other'}};
    const found = findingsOf('denied-now', [...objects, inOther], {
      gaps: [gapOf('rolebindings', 'shop')],
    });
    expect(found.map(({object}) => object.namespace)).toEqual(['other']);
    const said = findingsOf('not-answered', objects, {gaps: [gapOf('rolebindings', 'shop')]});
    expect(said.find(({object}) => object.name === 'denied-now')?.message).toBe(
      'was not checked in shop: could not read rolebindings',
    );
  });

  test('voids all that depends on it if it is of no namespace', () => {
    const gaps = [gapOf('clusterroles')];
    expect(findingsOf('denied-now', objects, {gaps})).toEqual([]);
    expect(findingsOf('missing-role', [strict, binding('b', 'x', [])], {gaps})).toEqual([]);
    expect(
      findingsOf('ignored-policy', [...objects, ...(policyRules['ignored-policy']?.yes ?? [])], {
        gaps,
      }),
    ).toHaveLength(1);
  });

  test('one namespace alone says nothing of what takes all', () => {
    const {findings} = auditOf(clusterWith(objects), {namespace: 'shop', isWhole: false});
    const named = findings
      .filter(({rule}) => rule === 'not-answered')
      .map(({object}) => object.name);
    expect(named).toEqual([
      'host-path-volume',
      'orphan-policy',
      'over-broad-policy',
      'pod-maker',
      'shadowed-policy',
      'unused-policy',
    ]);
    expect(findings.map(({rule}) => rule)).toContain('denied-now');
  });
});
