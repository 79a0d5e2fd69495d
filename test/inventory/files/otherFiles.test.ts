import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {folderOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}]}\n';

const others = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': 'image: {tag: x}\nkind: DaemonSet\n',
  'package.json': '{"name": "x", "scripts": {}}',
  'tsconfig.json': '{\n  // of TypeScript\n  "strict": true,\n}',
  'docker-compose.yml': 'services: {web: {image: x}}\n',
  '.github/workflows/ci.yaml': 'on: push\njobs: {}\n',
  'list.yaml': '- a\n- b\n',
};

describe('in a folder', () => {
  test('files of other programs are skipped, counted and named in one line', async () => {
    const folder = folderOf({'pod.yaml': pod, ...others});
    const {code, out, err} = await runHere('advise', '-f', folder, '-o', 'name');
    expect(code).toBe(0);
    expect(out).toContain('0-least.default.default');
    expect(err.replaceAll(`${folder}/`, '')).toBe(
      'skipped 7 files of other programs: .github/workflows/ci.yaml, Chart.yaml, docker-compose.yml, list.yaml, package.json and 2 more\n',
    );
  });

  test('with a kustomization that only lists files', async () => {
    const folder = folderOf({'pod.yaml': pod, 'kustomization.yaml': 'resources: [pod.yaml]\n'});
    const {code, err} = await runHere('advise', '-f', folder);
    expect(code).toBe(0);
    expect(err).toContain('skipped 1 kustomization that only lists files');
  });

  test.each<[string, string, RegExp]>([
    ['a kind is missing', 'apiVersion: v1\nmetadata: {name: a}\n', /: kind is not set/],
    ['an apiVersion is missing', 'kind: Pod\nspec: {}\n', /: apiVersion is not set/],
    ['both are', 'metadata: {name: a}\nspec: {}\n', /: apiVersion is not set/],
    ['it is not YAML', 'apiVersion: v1\nkind: Pod\n  spec: [\n', /: document 1, line 3: /],
    ['it is not JSON', '{"apiVersion": "v1",\n"kind": "Pod",,}', /: not valid JSON/],
    ['it is a template', 'kind: Pod\nname: {{ .x }}\n', /a template \({{ }}\) is not a manifest/],
    [
      'one of its documents is not an object',
      `${pod}---\na: 1\n`,
      /document 2, line 6: apiVersion/,
    ],
  ])('a file of Kubernetes stops the run if %s', async (_, text, message) => {
    const folder = folderOf({'pod.yaml': pod, 'broken.yaml': text});
    const {code, out, err} = await runHere('advise', '-f', folder);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(message);
  });
});

test('a file that is named itself is never skipped', async () => {
  for (const [name, text] of Object.entries(others)) {
    const folder = folderOf({'pod.yaml': pod, [name]: text});
    const {code} = await runHere('advise', '-f', folder, '-f', join(folder, name));
    expect.soft(code, name).toBe(3);
  }
});

describe('a key that comes twice', () => {
  const twice = `${pod.replace(' {containers: [{name: c}]}', '')}  hostPID: true\n  containers: [{name: c}]\n  hostPID: false\n`;

  test('is a warning with file, line and path, and the last one counts', async () => {
    const file = join(folderOf({'twice.yaml': twice}), 'twice.yaml');
    const {code, out, err} = await runHere('advise', '-f', file);
    expect(code).toBe(0);
    expect(out).toContain('hostPID: false');
    expect(err).toBe(
      `${file}: document 1, line 7: the key spec.hostPID comes twice, the last one counts\n`,
    );
  });

  test.each(['advise', 'why', 'try'])('is an error of %s with --strict', async command => {
    const file = join(folderOf({'twice.yaml': twice}), 'twice.yaml');
    const {code, out, err} = await runHere(command, '--demo', '-f', file, '--strict');
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toBe(
      `error: ${file}: document 1, line 7: the key spec.hostPID comes twice: --strict refuses that\n`,
    );
  });

  test.each(['audit', 'why', 'who-can', 'snapshot'])(
    'is one of %s in --from, too',
    async command => {
      const file = join(folderOf({'twice.yaml': twice}), 'twice.yaml');
      const {code, out, err} = await runHere(command, '--from', file, '--strict');
      expect({code, out}).toEqual({code: 3, out: ''});
      expect(err).toContain('the key spec.hostPID comes twice: --strict refuses that\n');
    },
  );

  test('does not matter in a file of another program', async () => {
    const folder = folderOf({'pod.yaml': pod, 'values.yaml': 'a: 1\na: 2\n'});
    expect((await runHere('advise', '-f', folder, '--strict')).code).toBe(0);
  });

  test('is told five times at most', async () => {
    const file = fileWithRepeats(8);
    const {err} = await runHere('advise', '-f', file);
    expect(err.trimEnd().split('\n')).toHaveLength(6);
    expect(err).toContain('3 more keys that come twice\n');
  });
});

function fileWithRepeats(n: number): string {
  const labels = Array.from({length: n}, (_, i) => `    l${i}: a\n    l${i}: b\n`).join('');
  const text = pod.replace('{name: p}', `\n  name: p\n  labels:\n${labels}`);
  return join(folderOf({'labels.yaml': text}), 'labels.yaml');
}
