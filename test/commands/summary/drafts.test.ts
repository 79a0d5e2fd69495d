import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {failureLine, readDrafts} from '../../../src/commands/summary/drafts.ts';
import {UserError} from '../../../src/errors.ts';
import {change, draftOf, undo} from '../../../src/tui/edit.ts';
import {editedDrafts} from '../../../src/tui/session.ts';
import {createStore} from '../../../src/tui/store.ts';
import {realWorld} from '../../../src/world/index.ts';
import {anyPolicy} from '../../support/builders/anyPolicy.ts';
import {folderOf} from '../../support/run/files.ts';

const folder = folderOf();
const world = {
  ...realWorld(new AbortController().signal),
  now: () => '2023-05-16T09:20:00.000Z',
};
const inFolder: typeof world = {
  ...world,
  writeFile: (path, text, force) => world.writeFile(join(folder, path), text, force),
};
const saved = join(folder, 'psp-drafts-20230516T092000.000Z.json');

/** A session in which these are the edits. */
const sessionOf = (...drafts: Parameters<typeof createStore>[1] & object) =>
  createStore([{name: 'policies'}], drafts).get();

test('edits come back as they were, with the way to them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPolicy, {minLength: 2, maxLength: 4}), async policies => {
      const [base, ...edits] = policies.map(policy => ({
        ...policy,
        metadata: {...policy.metadata, name: 'web', resourceVersion: '7'},
      }));
      if (base === undefined) return;
      const session = sessionOf(undo(edits.reduce(change, draftOf(base))));
      if (editedDrafts(session).length === 0) return;
      const line = await failureLine(inFolder, new Error('x'), session);
      expect(line).toMatch(/kept: kubectl psp --drafts psp-drafts-20230516T092000\.000Z\.json$/);
      expect(await readDrafts(world, saved)).toEqual(editedDrafts(session));
    }),
    {numRuns: 60},
  );
});

test('the line says what and where, and what keeps the edits from being saved', async () => {
  const error = Object.assign(new Error('two\nlines'), {
    stack: 'Error: two\n    at here (a.mjs:1:2)',
  });
  expect(await failureLine(inFolder, error, sessionOf())).toBe(
    'error: this is a bug of kubectl psp, please report it: two lines (at here (a.mjs:1:2))',
  );
  const base = {metadata: {name: 'web'}, spec: {privileged: true}};
  const edited = change(draftOf(base), {...base, spec: {}});
  const tried: string[] = [];
  const full: typeof world = {
    ...world,
    temporaryFolder: () => '/temporary',
    async writeFile(path) {
      tried.push(path);
      throw new UserError('no space left');
    },
  };
  expect(await failureLine(full, 'boom', sessionOf(edited))).toMatch(
    /it: boom; your edits can't be saved: no space left$/,
  );
  const name = 'psp-drafts-20230516T092000.000Z.json';
  expect(tried).toEqual([name, `/temporary/${name}`]);
  expect(readFileSync(saved, 'utf8')).toContain('"kind":"Drafts"');
});
