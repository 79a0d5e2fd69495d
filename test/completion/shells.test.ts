import {execFileSync} from 'node:child_process';
import {symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {scripts} from '../../src/commands/completion/scripts.ts';
import {root} from '../docs/markdown.ts';
import {folderOf} from '../support/run/files.ts';
import {type Ran, runProgram} from '../support/run/run.ts';

/** Whether there is such a program on PATH. */
function has(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args.length > 0 ? args : ['--version'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

/** The launcher under its names, the scripts, and two files to complete. */
function prepared(names: readonly string[] = ['kubectl-psp']): string {
  const folder = folderOf({
    'psp.bash': scripts.bash,
    'psp.zsh': scripts.zsh,
    'psp.fish': scripts.fish,
    'work/one.yaml': '',
    'work/two words.yaml': '',
  });
  for (const name of names) symlinkSync(join(root, 'bin/kubectl-psp'), join(folder, name));
  return folder;
}

/** Runs a script of a shell in the folder with the files. */
async function runShell(folder: string, shell: string, args: readonly string[]): Promise<Ran> {
  const env = {PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb'};
  return runProgram(shell, args, {env, cwd: join(folder, 'work')});
}

/** Types lines into a shell at a terminal; gives what the shell shows. */
async function type(folder: string, shell: string, lines: readonly string[]): Promise<string> {
  const env = {PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb'};
  const stdin = `${lines.join('\n')}\n`;
  const {out} = await runProgram('script', ['-qec', shell, '/dev/null'], {
    env,
    stdin,
    cwd: join(folder, 'work'),
  });
  return out;
}

/** What bash has in COMP_WORDS for a line: it splits at = and : too. */
function bashWords(line: string): readonly string[] {
  return line.split(/\s+/).flatMap(word => word.match(/[=:]+|[^=:]+/g) ?? ['']);
}

/** What the function leaves in COMPREPLY for each line, the cursor at its end. */
async function bashReplies(lines: readonly string[], more = ''): Promise<readonly string[]> {
  const folder = prepared();
  const calls = lines.map(line => {
    const words = bashWords(line).map(word => `'${word}'`);
    const start = line.startsWith('kubectl ') ? '_kubectl_psp_under_kubectl' : '_kubectl_psp';
    return `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=${words.length - 1}
COMP_WORDS=(${words.join(' ')}) COMPREPLY=()
${start}
printf '[%s]' "\${COMPREPLY[@]}"; echo`;
  });
  const script = join(folder, 'calls.bash');
  writeFileSync(script, [`${more}\nsource ../psp.bash`, ...calls].join('\n'));
  const {code, out, err} = await runShell(folder, 'bash', ['--norc', script]);
  expect([code, err]).toEqual([0, '']);
  return out.trimEnd().split('\n');
}

describe.skipIf(!has('bash'))('bash', () => {
  test('completes both forms, and words with = and :', async () => {
    const lines = {
      'kubectl-psp vers': '[version]',
      'kubectl psp vers': '[version]',
      'kubectl psp why -o ': '[table][wide][name][json][yaml]',
      'kubectl psp why --output=j': '[json]',
      'kubectl psp why --output=': '[table][wide][name][json][yaml]',
      'kubectl psp who-can --demo --subject sa:shop/c': '[shop/catalog][shop/checkout]',
      'kubectl-psp who-can --demo --subject=sa:shop/c': '[shop/catalog][shop/checkout]',
      'kubectl psp who-can --demo use   rest': '[restricted]',
      'kubectl psp snapshot o': '[]',
    };
    expect(await bashReplies(Object.keys(lines))).toEqual(Object.values(lines));
  });

  test('leaves the rest of kubectl to its own completion', async () => {
    const own = '__start_kubectl() { COMPREPLY=("own $COMP_CWORD"); }';
    expect(await bashReplies(['kubectl get p', 'kubectl ps', 'kubectl psp vers'], own)).toEqual([
      '[own 2]',
      '[own 1]',
      '[version]',
    ]);
  });

  test('does not touch kubectl where it asks the plugin itself', async () => {
    const folder = prepared(['kubectl-psp', 'kubectl_complete-psp']);
    const script = `__start_kubectl() { :; }
complete -F __start_kubectl kubectl
source ../psp.bash
complete -p kubectl kubectl-psp`;
    const {out} = await runShell(folder, 'bash', ['--norc', '-c', script]);
    expect(out).toBe(
      'complete -F __start_kubectl kubectl\ncomplete -o default -F _kubectl_psp kubectl-psp\n',
    );
  });

  test('never runs what is typed', async () => {
    const folder = prepared();
    const script = `source ../psp.bash
COMP_WORDS=(kubectl-psp why --from '$(touch ran)' '\`touch ran\`') COMP_CWORD=4
COMP_LINE="\${COMP_WORDS[*]}" COMP_POINT=\${#COMP_LINE}
_kubectl_psp; ls`;
    const {out} = await runShell(folder, 'bash', ['--norc', '-c', script]);
    expect(out).toBe('one.yaml\ntwo words.yaml\n');
  });

  test.skipIf(!has('script'))('works at a terminal', async () => {
    const screen = await type(prepared(), 'bash --norc --noprofile -i', [
      'stty cols 200; source ../psp.bash',
      'false && kubectl-psp vers\t-o js\t',
      'false && kubectl psp why --demo --output=na\t-n payments ledger\t',
      'false && kubectl psp snapshot on\t',
      'false && kubectl psp who-can --subject us\tx',
      'exit',
    ]);
    expect(screen).toContain('kubectl-psp version -o json');
    expect(screen).toMatch(/--output=name -n payments ledger-\w+-\w+ /);
    expect(screen).toContain('kubectl psp snapshot one.yaml');
    expect(screen).toContain('--subject user:x');
  });
});

describe.skipIf(!has('zsh'))('zsh (skipped where there is no zsh)', () => {
  test('the script parses', async () => {
    const folder = prepared();
    const {code, err} = await runShell(folder, 'zsh', ['-n', '../psp.zsh']);
    expect([code, err]).toEqual([0, '']);
  });

  test.skipIf(!has('script'))('works at a terminal', async () => {
    const screen = await type(prepared(), 'zsh -f -i', [
      'stty cols 200; autoload -Uz compinit; compinit -u -D; source ../psp.zsh; setopt no_beep',
      'false && kubectl-psp vers\t-o js\t',
      'false && kubectl psp why --demo --output=na\t-n payments ledger\t',
      'false && kubectl psp who-can --demo --subject sa:sh\tcat\t',
      'false && kubectl psp snapshot on\t',
      'exit',
    ]);
    const shown = screen.replaceAll(/ ?\u0008/g, '').replaceAll(/ {2,}/g, ' ');
    expect(shown).toMatch(/kubectl-psp version ?-o json/);
    expect(shown).toMatch(/--output=name ?-n payments ledger-\w+-\w+/);
    expect(shown).toContain('sa:shop/catalog');
    expect(shown).toContain('snapshot one.yaml');
  });
});

describe.skipIf(!has('fish'))('fish (skipped where there is no fish)', () => {
  test('completes both forms, flags with = and files', async () => {
    const lines = {
      'kubectl-psp vers': ['version\tPrint the version of this program'],
      'kubectl psp why --output=j': ['--output=json'],
      'kubectl psp who-can --demo --subject sa:shop/c': ['sa:shop/catalog', 'sa:shop/checkout'],
      'kubectl psp snapshot o': ['one.yaml'],
      'kubectl-psp why --from=o': ['--from=one.yaml'],
    };
    for (const [line, expected] of Object.entries(lines)) {
      const script = `source ../psp.fish; complete -C '${line}'`;
      const {out} = await runShell(prepared(), 'fish', ['--no-config', '-c', script]);
      expect(out.trimEnd().split('\n')).toEqual(expected);
    }
  });
});

test('the script for PowerShell registers both names', () => {
  expect(scripts.powershell.match(/-CommandName '[\w-]+'/g)).toEqual([
    "-CommandName 'kubectl-psp'",
    "-CommandName 'kubectl'",
  ]);
});

describe.skipIf(!has('kubectl', 'version', '--client'))(
  'kubectl (skipped where there is no kubectl)',
  () => {
    test('asks the plugin', async () => {
      const folder = prepared(['kubectl-psp', 'kubectl_complete-psp']);
      const words = ['__complete', 'psp', 'who-can', '--demo', '--subject', 'sa:shop/c'];
      const {code, out} = await runShell(folder, 'kubectl', words);
      expect([code, out]).toEqual([0, 'sa:shop/catalog\nsa:shop/checkout\n:4\n']);
    });
  },
);
