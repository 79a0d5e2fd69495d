import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {fileOf, folderOf} from '../support/run/files.ts';
import {runBuilt, runHere, runProgram} from '../support/run/run.ts';

const pod = '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c}]}}';
const policy = 'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\n';

/** A bomb: nine levels of ten references each. */
const bomb = Array.from(
  {length: 9},
  (_, level) =>
    `a${level}: &a${level} [${Array(10)
      .fill(level === 0 ? 'x' : `*a${level - 1}`)
      .join(', ')}]\n`,
).join('');

/** What is wrong with a file, and what the one line about it says after the file's name. */
const files: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['empty', '', /: no pods or workloads in 0 documents$/],
  [
    'no workload',
    policy,
    /: no pods or workloads in 1 document: policies alone say nothing about pods, add those of the cluster, as .* prints them$/,
  ],
  ['binary', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), /NUL bytes/],
  ['not UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]), /is not UTF-8/],
  ['broken YAML', 'a: [1, 2\nb: 3\n', /: document 1, line \d+: /],
  ['broken JSON', '{"a": 1,,}', /: document 1, line 1: /],
  ['bomb', bomb, /: document 1, line \d+: /],
  ['no object', '- 1\n- 2\n', /: document 1, line 1: not an object$/],
  ['no kind', 'apiVersion: v1\nmetadata: {}\n', /: document 1, line 1: kind is not set/],
  ['kind no text', 'apiVersion: v1\nkind: 5\n', /: document 1, line 1: kind is not set/],
  [
    'wrong type in a pod',
    `# two\n${pod}\n---\n${pod.replace('{name: c}', '{name: c, securityContext: {runAsUser: root}}')}`,
    /: document 2, line 4: Pod default\/p: spec\.containers\[0\]\.securityContext\.runAsUser: expected an integer of 64 bits, found the string "root"$/,
  ],
  [
    'wrong type in a policy',
    `${policy}spec: {hostPorts: [{min: 1, max: 2}, {min: "80", max: 2}]}\n`,
    /PodSecurityPolicy p: spec\.hostPorts\[1\]\.min: expected an integer of 32 bits, found the string "80"$/,
  ],
  [
    'wrong type in a template',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {hostPID: "true"}}}',
    /Deployment default\/d: spec\.template\.spec\.hostPID: expected true or false/,
  ],
  ['wrong metadata', 'apiVersion: v1\nkind: Pod\nmetadata: [a]', /metadata: expected an object/],
  [
    'wrong namespace',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: 5}',
    /metadata\.namespace: expected a string, found the number 5$/,
  ],
  ['wrong item', 'apiVersion: v1\nkind: List\nitems: [5]', /items\[0\]: not an object$/],
];

describe('what cannot be read: one line, exit code 3, no answer', () => {
  test.for(files)('%s', async ([name, content, line]) => {
    const folder = folderOf({'file.yaml': content});
    const {code, out, err} = await runHere('why', '-f', `${folder}/file.yaml`);
    expect({code, out}, name).toEqual({code: 3, out: ''});
    expect(err.trimEnd()).toMatch(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(`error: ${folder}/file.yaml`);
  });

  test.for([
    [['-f', 'nowhere.yaml'], /^error: nowhere\.yaml: no such file or folder$/],
    [['-f', '/dev/null/x'], /^error: \/dev\/null\/x: a part of the path is not a folder$/],
    [['-f', '/dev/zero'], /^error: \/dev\/zero: .*MiB/],
    [['--from', 'nowhere.json'], /^error: nowhere\.json: no such file or folder$/],
    [[], /^error: no kubeconfig found/],
    [['--kubeconfig', 'nowhere'], /^error: .*nowhere.*no such file/],
    [['--server', 'http://127.0.0.1:1'], /^error: cannot .*127\.0\.0\.1:1/],
  ] as const)('%s', async ([args, line]) => {
    const {code, out, err} = await runBuilt(['why', ...args]);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err.trimEnd()).toMatch(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a folder without manifests', async () => {
    const folder = folderOf({'readme.txt': ''});
    const {code, err} = await runHere('advise', '-f', folder);
    expect(code).toBe(3);
    expect(err).toBe(`error: ${folder}: no .yaml, .yml, .json file in this folder\n`);
  });

  test('standard input without an end is given up early', async () => {
    const {code, err} = await runBuilt(['advise', '-f', '-'], {
      stdin: new Uint8Array(70 * 2 ** 20),
    });
    expect(code).toBe(3);
    expect(err).toMatch(/^error: standard input: .*MiB.*\n$/);
  });

  // A file that takes nothing, which Linux has.
  const full = '/dev/full';
  test.runIf(existsSync(full))('output that nobody can take, on either stream', async () => {
    const program = join(import.meta.dirname, '../../bin/kubectl-psp');
    const shell = (line: string) => runProgram('sh', ['-c', line, program, full]);
    const lost = await shell('"$0" policies -o name > "$1"');
    expect(lost).toMatchObject({code: 3, err: 'error: standard output: no space left\n'});
    const untold = await shell('"$0" policies -o name 2> "$1"');
    expect(untold.code).toBe(0);
    expect(untold.out).toContain('podsecuritypolicy.policy/pss-restricted\n');
    expect((await shell('"$0" policies nothing 2> "$1"')).code).toBe(2);
  });

  test('snapshots that are damaged, of another version, or mixed with others', async () => {
    const head = {apiVersion: 'psp.kubectl/v1alpha1', kind: 'Snapshot'};
    const cases = [
      [
        [{...head, pods: [{spec: {containers: 5}}]}],
        /damaged snapshot: pods\[0\]\.spec\.containers/,
      ],
      [[{...head, apiVersion: 'psp.kubectl/v9'}], /version psp\.kubectl\/v9/],
      [[head, head], /is a snapshot; it can't be mixed/],
    ] as const;
    for (const [objects, line] of cases) {
      const {code, out, err} = await runHere('why', '--from', fileOf(objects));
      expect({code, out}).toEqual({code: 3, out: ''});
      expect(err).toMatch(line);
      expect(err.split('\n')).toHaveLength(2);
    }
  });
});

describe('a wrong command line: one line, exit code 2', () => {
  test.for([
    [['wyh'], /unknown command "wyh": did you mean "why"\?/],
    [['help', 'advice'], /unknown command "advice": did you mean "advise"\?/],
    [['why', '--namespce', 'x'], /unknown option '--namespce'.*--namespace/s],
    [['why', '-n'], /argument missing/],
    [['why', '-n', ''], /the namespace is empty/],
    [['why', '--demo', '--from', 'x'], /exclude each other/],
    [['why', '-o', 'xml'], /-o: "xml" is not one of table, wide, name, json, yaml/],
    [['why', 'pod/x', '-l', 'a=b', '--demo'], /name pods or give -l, not both/],
    [['edit'], /unknown command "edit": policies are edited in the session: kubectl psp/],
    [['zzz'], /unknown command "zzz": see kubectl psp --help/],
    [
      ['who-can', 'create', 'pods'],
      /about the use of policies; .*kubectl auth can-i create pods --as USER/,
    ],
    [['why', '-o', 'jsonpath={.items'], /-o: .* is expected, found its end/],
    [['why', '-o', 'jsonpath'], /-o jsonpath: take -o jsonpath=/],
    [['why', '-w', '-o', 'jsonpath={.items}'], /-w goes on for ever/],
    [['who-can', '-o', 'custom-columns=A'], /-o custom-columns: "A" is not TITLE:PATH/],
    [['check', '-o', 'go-template={{.}}'], /-o go-template: take -o jsonpath=/],
    [
      ['why', '-f', 'https://example.com/x', '--demo'],
      /curl -fsSL https:\/\/example.com\/x \| kubectl psp \.\.\. -f -/,
    ],
    [['audit', '-k', 'x'], /audit has no -k: kubectl kustomize DIR \| kubectl psp audit --from -/],
    [['audit', '-f', 'x'], /audit has no -f: manifests are read by --from FILE here/],
    [['why', '-w', '-f', 'x'], /-w follows a live cluster: leave out -f/],
    [['why', '-l', '=='], /can't read the label selector/],
    [['why', '--requester', ',group'], /the user name is empty/],
    [['advise', '--for', 'pod'], /--for: "pod" is not one of/],
    [['advise', 'deploy/', '--demo'], /"deploy\/" is not KIND\/NAME/],
    [['snapshot', 'a', 'b'], /snapshot takes one FILE/],
  ] as const)('%s', async ([args, line]) => {
    const source = args.includes('--demo' as never) || args[0] !== 'why' ? [] : ['-f', 'nowhere'];
    const {code, out, err} = await runHere(args[0], ...source, ...args.slice(1));
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toMatch(line);
    expect(err).not.toContain('    at ');
  });
});
