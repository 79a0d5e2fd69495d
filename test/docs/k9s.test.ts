import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv} from 'ajv';
import {describe, expect, test} from 'vitest';
import {readDocuments} from '../../src/yaml/documents.ts';
import {goModule} from '../support/kubernetes/goModule.ts';

const folder = goModule('github.com/derailed/k9s@v0.51.0', "k9s's plugin schema");

describe.runIf(folder !== undefined)('plugins.yaml and k9s itself', () => {
  const read = (...path: readonly string[]) => readFileSync(join(folder ?? '', ...path), 'utf8');
  const [document] = readDocuments(readFileSync('plugins.yaml', 'utf8'), 'plugins.yaml');
  const file = document?.value as {
    readonly plugins: Readonly<Record<string, {readonly shortCut: string}>>;
  };

  test('its schema for plugin files takes it, and nothing less', () => {
    const schema = JSON.parse(read('internal/config/json/schemas/plugins.json'));
    const validate = new Ajv({allErrors: true, strict: false}).compile(schema);
    expect(validate(file) ? [] : validate.errors).toEqual([]);
    expect(validate({plugins: {one: {shortCut: 'Shift-E'}}})).toBe(false);
  });

  test('no view of k9s has a use of its own for these keys', () => {
    const views = readdirSync(join(folder ?? '', 'internal/view'))
      .filter(name => name.endsWith('.go') && !name.endsWith('_test.go'))
      .map(name => read('internal/view', name))
      .join('\n');
    expect(views).toContain('ui.KeyShiftF'); // of the pods' view: the search can find something
    for (const {shortCut} of Object.values(file.plugins)) {
      expect(views).not.toMatch(new RegExp(`\\bKey${shortCut.replace('-', '')}\\b`));
    }
  });
});
