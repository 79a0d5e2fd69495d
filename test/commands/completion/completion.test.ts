import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {installCompleter} from '../../../src/world/completer.ts';
import {root} from '../../docs/markdown.ts';
import {folderOf} from '../../support/run/files.ts';
import {runBuilt, runHere, runProgram} from '../../support/run/run.ts';

/** A folder with an executable of this name, as one of PATH. */
function folderWith(name: string): string {
  const folder = folderOf({[name]: '#!/bin/sh\n'});
  chmodSync(join(folder, name), 0o755);
  return folder;
}

test.each(['bash', 'zsh', 'fish', 'powershell'])('prints the script for %s', async shell => {
  const {code, out, err} = await runHere('completion', shell);
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n').slice(0, 2).join()).toContain('completion for kubectl psp');
});

test.each([
  [[], 'completion takes one of bash, zsh, fish, powershell, install'],
  [['bash', 'zsh'], 'completion takes one of bash, zsh, fish, powershell, install'],
  [['fisch'], 'completion: "fisch": did you mean "fish"?'],
])('completion %s: a usage error', async (args, message) => {
  const {code, out, err} = await runHere('completion', ...args);
  expect([code, out, err]).toEqual([2, '', `error: ${message}\n`]);
});

describe('completion install', () => {
  test('puts a link beside the plugin that PATH has first, which works', async () => {
    const folder = folderOf();
    symlinkSync(join(root, 'bin/kubectl-psp'), join(folder, 'kubectl-psp'));
    const env = {PATH: `${folderOf()}:${folder}:${process.env.PATH}`};
    const made = await runBuilt(['completion', 'install'], {env});
    const link = join(folder, 'kubectl_complete-psp');
    expect(made).toEqual({
      code: 0,
      err: '',
      out: `${link} now leads to ${join(folder, 'kubectl-psp')}\n`,
    });
    expect(readlinkSync(link)).toBe('kubectl-psp');
    const again = await runBuilt(['completion', 'install'], {env});
    expect(again).toEqual({code: 0, err: '', out: `${link} already exists\n`});
    const {code, out} = await runProgram(link, ['why', '-o', 'w']);
    expect([code, out]).toEqual([0, 'wide\n:4\n']);
  });

  test('overwrites nothing', async () => {
    const folder = folderWith('kubectl-psp');
    const link = join(folder, 'kubectl_complete-psp');
    writeFileSync(link, 'mine');
    await expect(installCompleter(folder, 'linux')).rejects.toThrow(
      `${link} exists and is something else: move it away, then run this again`,
    );
    expect(readFileSync(link, 'utf8')).toBe('mine');
  });

  test('nor a link that leads elsewhere, or nowhere', async () => {
    for (const target of ['/bin/sh', 'gone']) {
      const folder = folderWith('kubectl-psp');
      symlinkSync(target, join(folder, 'kubectl_complete-psp'));
      await expect(installCompleter(folder, 'linux')).rejects.toThrow('is something else');
      expect(readlinkSync(join(folder, 'kubectl_complete-psp'))).toBe(target);
    }
  });

  test('needs the plugin on PATH, as a program', async () => {
    const folder = folderOf({'kubectl-psp': 'no program'});
    mkdirSync(join(folder, 'below/kubectl-psp'), {recursive: true});
    const path = ['', folder, join(folder, 'below'), join(folder, 'gone')].join(':');
    await expect(installCompleter(path, 'linux')).rejects.toThrow(
      'kubectl-psp is not in any folder of PATH: install it there, then run this again',
    );
  });

  test('writes a script on Windows, where links take rights', async () => {
    const folder = folderWith('kubectl-psp.exe');
    const first = await installCompleter(`${folderOf()};${folder}`, 'win32');
    expect(first).toMatchObject({path: join(folder, 'kubectl_complete-psp.cmd'), isOld: false});
    expect(lstatSync(first.path).isFile()).toBe(true);
    expect(readFileSync(first.path, 'utf8')).toBe('@"%~dp0kubectl-psp.exe" __complete %*\r\n');
    expect((await installCompleter(folder, 'win32')).isOld).toBe(true);
    writeFileSync(first.path, 'mine');
    await expect(installCompleter(folder, 'win32')).rejects.toThrow('is something else');
  });
});
