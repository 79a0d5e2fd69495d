/**
 * `npm run new -- rule NAME` (or `command`, `view`): makes the files of a new one, registers it, and says what is
 * left to do. Its test fails until that is done.
 */
import {join} from 'node:path';
import {build, Misuse, nameOf} from './scaffold.ts';
import {type Kind, scaffolds} from './templates.ts';

const root = join(import.meta.dirname, '../..');

try {
  const [kind = '', name = '', ...more] = process.argv.slice(2);
  if (!isKind(kind) || name === '' || more.length > 0) {
    throw new Misuse(`usage: npm run new -- ${Object.keys(scaffolds).join('|')} NAME`);
  }
  const scaffold = scaffolds[kind](nameOf(name));
  build(scaffold, root);
  const {files, additions, test, steps} = scaffold;
  const lines = [
    ...files.map(({path}) => `made     ${path}`),
    ...new Set(additions.map(({path}) => `changed  ${path}`)),
    '',
    `This test fails until it is written: npx vitest run ${test.join(' ')}`,
    '',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} catch (error) {
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(scaffolds, text);
}
