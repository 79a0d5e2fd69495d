import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv} from 'ajv';
import {describe, expect, test} from 'vitest';
import {readDocuments} from '../../src/yaml/documents.ts';
import {isThorough} from '../support/reference.ts';

const k9s = 'github.com/derailed/k9s@v0.51.0';

/** The folder of k9s's sources in the Go module cache; undefined if there is no Go to get them. */
function sources(): string | undefined {
  try {
    const answer = execFileSync('go', ['mod', 'download', '-json', k9s], {
      encoding: 'utf8',
      env: {...process.env, GOFLAGS: '-mod=mod'},
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return (JSON.parse(answer) as {readonly Dir: string}).Dir;
  } catch (error) {
    const line = `k9s's plugin schema not found: it takes Go to download ${k9s}`;
    if (isThorough) throw new Error(line, {cause: error});
    process.stderr.write(`skipped: ${line}\n`);
    return undefined;
  }
}

const folder = sources();

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
