import {describe, expect, test} from 'vitest';
import {severities} from '../../src/audit/finding.ts';
import {auditOf} from '../../src/audit/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {wordsOf} from '../docs/markdown.ts';
import {parseOnly} from '../support/run/run.ts';

describe('the demo', () => {
  const inventory = inventoryOfSnapshot(demoSnapshot, 'demo');
  const {findings} = auditOf(inventory, {namespace: undefined, isWhole: true});

  test('has an id for each finding, and the more serious ones first', () => {
    expect(new Set(findings.map(({id}) => id)).size).toBe(findings.length);
    const ranks = findings.map(({severity}) => severities.indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(findings.length).toBeGreaterThan(20);
  });

  test('has remedies whose command lines parse', async () => {
    const lines = findings.flatMap(({remedy}) => remedy.split(' && '));
    const own = [...new Set(lines)].filter(line => line.startsWith('kubectl psp '));
    expect(own.length).toBeGreaterThan(5);
    for (const line of own) {
      const {exitCode, output} = await parseOnly(wordsOf(line).slice(2));
      expect.soft(exitCode, `${line}: ${output}`).not.toBe(2);
    }
    expect(lines.filter(line => !line.startsWith('kubectl '))).toEqual([]);
  });

  test('is the same for a namespace, less what is in others', () => {
    const shop = auditOf(inventory, {namespace: 'shop', isWhole: true});
    expect(shop.findings).toEqual(
      findings.filter(({object: {namespace}}) => namespace === undefined || namespace === 'shop'),
    );
    expect(new Set(shop.verdicts.map(({item}) => item.namespace))).toEqual(new Set(['shop']));
  });
});
