import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {parseJson} from '../../src/kube/json.ts';
import {fileOf} from '../support/run/files.ts';
import {runBuilt} from '../support/run/run.ts';
import {hasTmux, openTerminal, type Terminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const faults = join(import.meta.dirname, '../faults/inside.ts');

/** A folder to start the program in, and a terminal there. */
function started(): {readonly folder: string; readonly screen: Terminal} {
  const folder = mkdtempSync(join(tmpdir(), 'psp-failure-'));
  const screen = openTerminal({cwd: folder, columns: 120});
  onTestFinished(() => {
    screen.close();
    // The program, hung up on, may still write its edits there.
    rmSync(folder, {recursive: true, force: true, maxRetries: 10});
  });
  return {folder, screen};
}

/** Opens the built program in the editor of a policy, and edits it; `before` stands before the program. */
async function edit(screen: Terminal, before: string): Promise<void> {
  screen.type(`${before} ${program} --demo --open psp/data; echo "code $?"`);
  await screen.shows('Nothing is edited yet');
  screen.press('Right', 'Down', 'Right');
  await screen.shows(/Host network +allowed.*edited/);
}

/** Tells a process that its terminal is gone, if it has not just ended. */
function hangUp(pid: number): void {
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const injected = `NODE_OPTIONS='--import=${faults}'`;

/** How each place inside is made to fail. */
const places: readonly (readonly [string, (screen: Terminal, folder: string) => Promise<void>])[] =
  [
    ['a view', async screen => screen.press('/', ...'failview')],
    ['a key', async screen => screen.press('K')],
    ['a reducer', async screen => screen.press('/', ...'failreducer', 'x')],
    [
      'the layout',
      async screen => {
        screen.press(':');
        await screen.shows('ns po deploy');
        screen.press('ő');
      },
    ],
    [
      'the background',
      async (_, folder) => {
        process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGUSR2');
      },
    ],
  ];

describe.runIf(hasTmux())('a mistake inside the session, or what ends it from outside', () => {
  test.each(places)('in %s ends it cleanly, with the edits in a file', async (place, provoke) => {
    const {folder, screen} = started();
    await edit(screen, `env ${injected} sh -c 'echo $$ > pid; exec "$@"' sh`);
    await provoke(screen, folder);
    const left = await screen.shows('code 70');
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
    const [file = '', ...others] = readdirSync(folder).filter(name => name !== 'pid');
    expect(others).toEqual([]);
    expect(file).toMatch(/^psp-drafts-[\dTZ.]+\.json$/);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const said = left.slice(left.indexOf('error: ')).replaceAll('\n', '');
    expect(said).toMatch(
      /^error: this is a bug of kubectl psp, please report it: made to fail in [\w ]+ \(at .+\); your edits are kept: kubectl psp --drafts psp-drafts-\S+\.jsoncode 70/,
    );
    expect(said).toContain(`made to fail in ${place}`);
    screen.type('stty -a');
    await screen.shows(/(?<!-)icanon/);

    screen.type(`clear; ${program} --demo --drafts ${file}`);
    const again = await screen.shows(/Host network +allowed.*edited/);
    expect(again).toMatch(/data\*/);
    expect(again).toMatch(/Privileged +allowed.*edited/);
    screen.press('u');
    await expect.poll(() => screen.screen()).not.toMatch(/Host network +allowed/);
    expect(screen.screen()).toMatch(/Privileged +allowed.*edited/);
  });

  test('and a terminal that goes at the same time: the edits are in a file all the same', async () => {
    const {folder, screen} = started();
    await edit(screen, `env ${injected} sh -c 'echo $$ > pid; exec "$@"' sh`);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, 'SIGUSR2');
    await expect.poll(() => readdirSync(folder).length).toBeGreaterThan(1);
    hangUp(pid);
    await screen.shows('code 70');
    const [file = '', ...others] = readdirSync(folder).filter(name => name !== 'pid');
    expect(others).toEqual([]);
    expect(parseJson(readFileSync(join(folder, file), 'utf8'))).toMatchObject({kind: 'Drafts'});
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with the edits in a file', async (signal, code) => {
    const {folder, screen} = started();
    await edit(screen, `env sh -c 'echo $$ > pid; exec "$@"' sh`);
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), signal);
    const left = await screen.shows(`code ${code}`);
    expect(screen.state()).toEqual({alternate: false, cursor: true, mouse: false});
    const [file = '', ...others] = readdirSync(folder).filter(name => name !== 'pid');
    expect(others).toEqual([]);
    expect(left).toContain(
      `The session was ended from outside; your edits are kept: kubectl psp --drafts ${file}\n`,
    );
    screen.type(`clear; ${program} --demo --drafts ${file}`);
    await screen.shows(/Host network +allowed.*edited/);
  });

  test('without an edit it leaves no file', async () => {
    const {folder, screen} = started();
    screen.type(`${injected} ${program} --demo --open psp/data; echo "code $?"`);
    await screen.shows('Nothing is edited yet');
    screen.press('K');
    expect(await screen.shows('code 70')).not.toContain('--drafts');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('in a folder that takes no file the edits go to the one for temporary files', async () => {
    const {folder, screen} = started();
    mkdirSync(join(folder, 'temporary'));
    screen.type('cd /proc');
    await edit(screen, `TMPDIR=${folder}/temporary ${injected}`);
    screen.press('K');
    await screen.shows('code 70');
    const [file = ''] = readdirSync(join(folder, 'temporary'));
    const document = parseJson(readFileSync(join(folder, 'temporary', file), 'utf8'));
    expect(document).toMatchObject({kind: 'Drafts', drafts: [{base: {metadata: {name: 'data'}}}]});
  });
});

test.each([
  ['{"kind": "Drafts"}', 'not a drafts file written by kubectl psp'],
  ['kind: Pod\n---\nkind: Pod', 'not a drafts file written by kubectl psp'],
  [
    '{"apiVersion": "psp.kubectl/v1alpha1", "kind": "Drafts", "drafts": [{}]}',
    'drafts: expected policies, found none',
  ],
])('--drafts of %j is refused', async (text, reason) => {
  const {runSession} = await import('../../src/commands/summary/runSession.ts');
  const {realWorld} = await import('../../src/world/index.ts');
  const file = fileOf(text, 'drafts.json');
  const world = realWorld(new AbortController().signal);
  const flags = {demo: true, from: [], drafts: file};
  await expect(runSession(world, flags)).rejects.toThrow(`${file}: ${reason}`);
});

test('--drafts without a session is refused', async () => {
  expect(await runBuilt(['--demo', '--drafts', 'x.json'])).toMatchObject({
    code: 3,
    err: 'error: --drafts is for the session: no terminal\n',
  });
  expect(await runBuilt(['--demo', '--drafts', 'x.json', '-o', 'json'])).toMatchObject({code: 2});
});
