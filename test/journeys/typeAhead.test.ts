import {join} from 'node:path';
import {describe, onTestFinished, test} from 'vitest';
import {folderOf} from '../support/run/files.ts';
import {hasTmux, openTerminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');

describe.runIf(hasTmux())('keys that come before the program listens', () => {
  test('are not lost: a view is opened, filtered, and left again', async () => {
    const screen = openTerminal({cwd: folderOf()});
    onTestFinished(() => screen.close());
    screen.type(`clear; ${program} --demo`);
    screen.type(':psp');
    screen.type('/web');
    await screen.shows(/^> web /m);
    await screen.shows('1 of 12, filter: web');
  });
});
