import {describe, expect, test} from 'vitest';
import {controls} from '../../src/controls/index.ts';

const allowed = controls.map(({allows}) => allows);
const risks = controls.map(({risk}) => risk);
const needs = controls.map(({neededBy}) => neededBy);
const titles = controls.map(({title}) => title);

describe('the words of the controls', () => {
  test.each([...allowed, ...risks])('are whole sentences: %s', text => {
    expect(text).toMatch(/^[A-Z][^\n]{20,120}\.$/);
  });

  test.each(needs)('say who needs it, in a part of a sentence: %s', text => {
    expect(text).toMatch(/^[a-z][^\n]{20,120}[^.\s]$/);
  });

  test.each(titles)('have a short title: %s', text => {
    expect(text).toMatch(/^\S[^\n]{1,30}[^.\s]$/);
  });

  test('say each thing once', () => {
    const all = [...allowed, ...risks, ...needs, ...titles];
    expect(all.filter((text, index) => all.indexOf(text) < index)).toEqual([]);
  });

  test('tell what is so, not what would be good', () => {
    const all = [...allowed, ...risks, ...needs, ...titles];
    expect(all.filter(text => /\bshould\b|\bplease\b|\bsimply\b/i.test(text))).toEqual([]);
  });
});

describe.each(controls)('the fields of $id', ({fields}) => {
  test('have labels and choices that tell them apart', () => {
    const labels = fields.map(({label}) => label);
    expect(labels.length).toBeGreaterThan(0);
    for (const names of [labels, ...fields.map(({choices}) => choices)]) {
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain('');
    }
  });
});
