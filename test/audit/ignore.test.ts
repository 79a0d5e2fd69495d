import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {Audit, Finding} from '../../src/audit/finding.ts';
import {type IgnoreEntry, ignoring} from '../../src/audit/ignore.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';

function findingOn(name: string, rule = 'unused-policy'): Finding {
  return {
    rule,
    id: `${rule}/PodSecurityPolicy/${name}`,
    severity: 'low',
    object: {kind: 'PodSecurityPolicy', namespace: undefined, name},
    message: '',
    evidence: [],
    controls: [],
    remedy: '',
  };
}

function auditWith(...findings: readonly Finding[]): Audit {
  return {
    inventory: emptyInventory,
    namespace: undefined,
    admission: undefined,
    verdicts: [],
    rights: [],
    findings,
    ignored: [],
  };
}

function entry(changes: Partial<IgnoreEntry> = {}): IgnoreEntry {
  return {
    rule: 'unused-policy',
    object: 'PodSecurityPolicy/a',
    reason: 'r',
    where: 'f: [0]',
    until: undefined,
    ...changes,
  };
}

test.each([
  ['2024-02-28', 1],
  ['2024-02-29', 1],
  ['2024-03-01', 0],
  ['2025-01-01', 0],
])('an entry until 2024-02-29 on %s ignores %i', (today, count) => {
  const {audit, notes} = ignoring(auditWith(findingOn('a')), [entry({until: '2024-02-29'})], today);
  expect(audit.ignored).toHaveLength(count);
  expect(audit.findings).toHaveLength(1 - count);
  expect(notes).toHaveLength(1 - count);
});

test('one that is over does not spoil another that counts', () => {
  const entries = [entry({until: '2020-01-01'}), entry({reason: 'other', object: '**'})];
  const {audit, notes} = ignoring(auditWith(findingOn('a')), entries, '2024-01-01');
  expect(audit.ignored.map(({reason}) => reason)).toEqual(['other']);
  expect(notes).toHaveLength(1);
});

test('an entry is for one rule', () => {
  const findings = [findingOn('a', 'orphan-policy'), findingOn('a')];
  const {audit} = ignoring(auditWith(...findings), [entry()], '2024-01-01');
  expect(audit.findings.map(({rule}) => rule)).toEqual(['orphan-policy']);
});

test('a name without a star stands for itself alone, and nothing is lost or doubled', () => {
  const name = fc.stringMatching(/^[^*/]{1,6}$/);
  fc.assert(
    fc.property(name, name, (one, other) => {
      const findings = [findingOn(one), findingOn(other)];
      const entries = [entry({object: `PodSecurityPolicy/${one}`})];
      const {audit} = ignoring(auditWith(...findings), entries, '2024-01-01');
      expect(audit.findings).toEqual(one === other ? [] : [findings[1]]);
      expect(audit.ignored.length + audit.findings.length).toBe(2);
    }),
  );
});
