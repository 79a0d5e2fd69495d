/**
 * `npm run picture`: plays a session in a terminal and draws it to docs/session.svg. `npm run picture -- FOLDER`
 * draws every view into a folder, for small and large terminals, light, dark and without colours. Needs tmux.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../../src/errors.ts';
import {drawSession} from './story.ts';
import {hasTmux} from './terminal.ts';
import {drawViews} from './views.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'docs/session.svg');

try {
  if (!hasTmux()) throw new Error('it needs tmux, which is not here: install it');
  const program = join(root, 'bin/kubectl-psp');
  const [folder] = process.argv.slice(2);
  if (folder === undefined) writeFileSync(file, await drawSession(program));
  else {
    mkdirSync(folder, {recursive: true});
    for await (const {name, svg} of drawViews(program)) writeFileSync(join(folder, name), svg);
  }
} catch (error) {
  process.stderr.write(`picture: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
