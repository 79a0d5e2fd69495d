/** `npm run picture`: plays a session in a terminal and draws it to docs/session.svg. Needs tmux. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {messageOf} from '../../src/errors.ts';
import {drawSession} from './story.ts';
import {hasTmux} from './terminal.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'docs/session.svg');

try {
  if (!hasTmux()) throw new Error('it needs tmux, which is not here: install it');
  const svg = await drawSession(join(root, 'bin/kubectl-psp'));
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, svg);
} catch (error) {
  process.stderr.write(`picture: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
