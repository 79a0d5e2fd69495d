import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {dumpOf} from '../../scripts/bench/dump.ts';
import {engineFigures} from '../../scripts/bench/engine.ts';
import {median} from '../../scripts/bench/measure.ts';
import {figure, skipped, tableOf} from '../../scripts/bench/section.ts';
import {workOf} from '../../scripts/bench/work.ts';
import {candidateOf, decide, isUsable, orderOfTries} from '../../src/admission/admit.ts';
import {parseJson, printJson} from '../../src/kube/json.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {hasReference, runReference} from '../support/kubernetes/reference.ts';

const root = join(import.meta.dirname, '../..');
const vectors = gunzipSync(
  readFileSync(join(root, 'test/fixtures/vectors/cases.jsonl.gz')),
).toString('utf8');
const atOnce = {warmup: 0, measured: 0};
const hasGo = hasReference('psp-bench');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-test-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

describe('the engine on what psp-bench makes of the vectors', () => {
  // The counts are those that psp-bench printed for these vectors.
  test.each([
    {pods: 300, policies: 20, allowed: 154, passed: 942},
    {pods: 300, policies: 7, allowed: 104, passed: 347},
  ])('$policies policies allow $allowed of $pods pods', ({pods, policies, allowed, passed}) => {
    const figures = engineFigures(workOf(dumpOf(vectors, pods, policies)), atOnce);
    expect(figures).toMatchObject({
      pods,
      policies,
      distinctPods: pods,
      allowed,
      passed,
      decisions: pods,
      evaluations: pods * policies,
      warmup_s: 0,
    });
    expect(figures.decisions_per_s).toBeCloseTo(pods / figures.decisions_wall_s, 3);
    expect(figures.evaluations_per_cpu_s).toBeGreaterThan(0);
  });

  test('more pods than there are distinct ones go round again', () => {
    const dump = dumpOf(vectors, 100, 5);
    const once = engineFigures(workOf(dump), atOnce);
    const thrice = engineFigures(workOf({...dump, pods: 300}), atOnce);
    expect(thrice).toMatchObject({pods: 300, distinctPods: 100, passed: once.passed * 3});
  });

  test('decide chooses as a trial of all policies does', () => {
    const {distinctPods, policies} = workOf(dumpOf(vectors, 1000, 20));
    const rightsTo = (name: string) => ({serviceAccount: name.endsWith('3'), requester: true});
    for (const operation of ['CREATE', 'UPDATE'] as const) {
      for (const pod of distinctPods) {
        const view = viewOf(pod, lastRelease);
        const passing = orderOfTries(view, policies, operation)
          .map(policy => candidateOf(policy, view, rightsTo(policy.name)))
          .filter(({allowed, rights}) => allowed && isUsable(rights));
        const wanted =
          passing.find(({mutates}) => !mutates) ??
          (operation === 'CREATE' ? passing[0] : undefined);
        const decision = decide(view, policies, rightsTo, operation);
        if (wanted === undefined) expect(decision.kind).toBe('denied');
        else expect(decision).toMatchObject({kind: 'admitted', chosen: wanted});
      }
    }
  });

  test.runIf(hasGo)('is the input that psp-bench dumps', () => {
    const [cases, file] = [join(folder, 'cases.jsonl'), join(folder, 'dump.json')];
    writeFileSync(cases, vectors);
    const args = ['-cases', cases, '-pods', '200', '-policies', '9', '-dump', file];
    const printed = JSON.parse(runReference('psp-bench', args).toString('utf8'));
    const dumped = parseJson(readFileSync(file, 'utf8'));
    const ours = parseJson(printJson(dumpOf(vectors, 200, 9)));
    expect(ours).toMatchObject({
      policies: (dumped as {policies: unknown}).policies,
      distinctPods: (dumped as {distinctPods: unknown}).distinctPods,
      user: (dumped as {user: unknown}).user,
    });
    const {allowed, passed} = engineFigures(workOf(dumped), atOnce);
    expect({allowed, passed}).toEqual({allowed: printed.allowed, passed: printed.passed});
  });
});

describe('npm run bench', () => {
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'scripts/bench/index.ts'), ...args], {
      encoding: 'utf8',
    });

  test('says in one line what is wrong with the input', () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, '{"pods": 3, "policies": [], "distinctPods": []}');
    const {status, stdout, stderr} = bench('--input', file);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `bench: ${file}: it has no pods or no policies; psp-bench -dump writes a file that has\n`,
    );
    expect(bench('--input', join(folder, 'missing.json')).stderr).toMatch(/^bench: ENOENT.*\n$/);
  });
});

describe('the table', () => {
  test('aligns what there is', () => {
    const rows = [
      {
        what: 'decisions',
        ours: figure(53_812.4),
        peer: 'Go 2,600',
        ratio: '20.7 x',
        goal: '5 x',
        peak: '81 MiB',
      },
      {what: 'other', ours: figure(0.01234), goal: '-'},
    ];
    expect(tableOf([{id: 'engine', title: 'Engine', notes: ['A note.'], rows, figures: {}}])).toBe(
      [
        'Engine',
        '           kubectl psp  beside    ratio   goal  peak RSS',
        'decisions  53,800       Go 2,600  20.7 x  5 x   81 MiB',
        'other      0.0123       -         -       -     -',
        'A note.',
        '',
      ].join('\n'),
    );
  });

  test('says of a section that could not run only why', () => {
    expect(tableOf([skipped('live', 'Live', 'etcd not found')])).toBe('Live\netcd not found\n');
  });

  test('takes the smaller one of two in the middle', () => {
    expect(median([5, 1, 4, 2], value => value)).toBe(2);
    expect(median([9, 1, 4], value => value)).toBe(4);
  });
});
