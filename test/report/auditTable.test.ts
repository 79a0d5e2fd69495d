import {expect, test} from 'vitest';
import {auditOf} from '../../src/audit/index.ts';
import {auditTable} from '../../src/report/audit/table.ts';
import {gapOf, psp} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';

test('rules that were not checked for one and the same reason share a row, not the counts', () => {
  const inventory = clusterWith([psp('p')], {gaps: [gapOf('pods')]});
  const audit = auditOf(inventory, {namespace: undefined, isWhole: true});
  const unchecked = audit.findings.filter(({rule}) => rule === 'not-answered');
  const lines = auditTable(audit, {wide: false, headers: true}).split('\n');
  const shown = lines.filter(line => line.includes('not-answered'));
  expect(unchecked.length).toBeGreaterThan(5);
  expect(shown.join()).toMatch(
    new RegExp(
      `^info +not-answered +Rule/${unchecked.length} rules +were not checked: could not read pods$`,
    ),
  );
  expect(lines.at(-2)).toContain(`${unchecked.length} info`);
});
