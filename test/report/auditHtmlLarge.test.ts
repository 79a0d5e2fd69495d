import {describe, expect, test} from 'vitest';
import {auditHtml} from '../../src/report/audit/html/index.ts';
import {largeAudit} from '../support/builders/auditPages.ts';
import {processorSeconds} from '../support/run/processorTime.ts';

describe('20,000 pods in 500 namespaces with 200 policies', () => {
  const audit = largeAudit(20_000);
  const page = auditHtml(audit);

  test('make a page of less than 2 MB', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
  });

  test('take less than half a second of processor time', () => {
    const times = [1, 2, 3].map(() => processorSeconds(() => auditHtml(audit)));
    expect(Math.min(...times)).toBeLessThan(0.5);
  });

  test('leave findings out by rule, and say how many', () => {
    const shown = page.match(/<details class="finding"/g)?.length ?? 0;
    const left = [...page.matchAll(/no room for ([\d,]+) more/g)].map(([, number = '']) =>
      Number(number.replaceAll(',', '')),
    );
    expect(left.length).toBeGreaterThan(0);
    expect(shown + left.reduce((sum, number) => sum + number, 0)).toBe(2000);
    expect(new Set([...page.matchAll(/data-rule="([^"]+)"/g)].map(([, rule]) => rule)).size).toBe(
      12,
    );
  });
});
