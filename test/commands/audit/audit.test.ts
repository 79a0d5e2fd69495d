import {chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {printJson} from '../../../src/kube/json.ts';
import {realWorld} from '../../../src/world/index.ts';
import {deployment, grant, podsOf, psp} from '../../support/builders/audits.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {runHere, runIn} from '../../support/run/run.ts';

const objects = [
  psp('strict'),
  ...grant('strict', 'sa:web'),
  deployment('app', {privileged: true}),
  ...podsOf('app', undefined),
];
const manifests = fileOf(objects.slice(0, 4).concat(deployment('idle', {}, {replicas: 0})));

describe('audit', () => {
  test('says that no policy seems to be asked, where no pod was let in by one', async () => {
    const demo = JSON.parse(readFileSync('src/demo/snapshot.json', 'utf8'));
    const pods = demo.pods.map((pod: {metadata: object}) => ({
      ...pod,
      metadata: {...pod.metadata, annotations: {}},
    }));
    const off = fileOf([{...demo, pods}], 'off.json');
    const says = 'probably off: 0 of 84 pods carry kubernetes.io/psp';
    const {err, code, out} = await runHere('audit', '--from', off);
    expect(code).toBe(0);
    expect(err).toBe(
      `note: PSP admission is ${says}; findings tell what holds if it is on: see check\n`,
    );
    // No finding says of itself that something is denied, moved or bound.
    expect(out).toMatch(/ its pod would be denied if recreated, if PSP admission is on\n/);
    expect(out).not.toMatch(/(denied if recreated|denies every pod it tries to create)\n/);
    const json = await runHere('audit', '--from', off, '-o', 'json');
    const admission = {answer: 'no', says};
    expect(JSON.parse(json.out)).toMatchObject({admission});
    const page = await runHere('audit', '--from', off, '-o', 'html');
    expect(page.out).toContain(`PSP admission is ${says}. What follows holds if it is on.`);

    for (const [verb, ...args] of [
      ['why', '-A'],
      ['try', '-A', '--delete', 'privileged'],
    ]) {
      const told = await runHere(String(verb), ...args, '--from', off, '-o', 'json');
      expect(told.err, verb).toContain(
        `note: PSP admission is ${says}; this tells what holds if it is on: see check\n`,
      );
      expect(JSON.parse(told.out), verb).toMatchObject({admission});
      const on = await runHere(String(verb), ...args, '--demo', '-o', 'json');
      expect(JSON.parse(on.out), verb).not.toHaveProperty('admission');
    }
  });

  test('is about all namespaces; -n narrows it', async () => {
    const all = await runHere('audit', '--demo');
    expect({code: all.code, err: all.err}).toEqual({code: 0, err: ''});
    expect(all.out).toMatch(/^SEVERITY +RULE +OBJECT +MESSAGE\n/);
    expect(all.out).toMatch(/^high +denied-on-restart +Deployment\/shop\/thumbnailer +its pod /m);
    expect(all.out).toMatch(/\n\n10 high, \d+ medium, \d+ low, 5 info\n$/);
    expect((await runHere('audit', '--demo', '-A')).out).toBe(all.out);
    const shop = await runHere('audit', '--demo', '-n', 'shop', '--no-headers');
    expect(shop.out).toContain('PodSecurityPolicy/gpu-batch');
    expect(shop.out).not.toContain('/payments/');
    expect(shop.out).not.toContain('SEVERITY');
  });

  test('files without a policy are no answer', async () => {
    const file = fileOf([deployment('app', {privileged: true})]);
    const ran = await runHere('audit', '--from', file, '--fail-on', 'high');
    const err = `error: ${file}: contains no PodSecurityPolicy, so there is nothing to audit\n`;
    expect(ran).toEqual({code: 3, out: '', err});
  });

  test.each([
    ['a namespace that is not there', 3, 'namespace "shp" not found', ['-n', 'shp']],
    ['a severity that is none', 2, 'is not one of high, medium, low, info', ['--fail-on', 'x']],
    ['an argument', 2, 'audit takes no argument, got deploy/web', ['deploy/web']],
    ['no file', 2, '-w: no file is named', ['-w', '']],
    ['- for a file', 2, '-w names a file: without it, standard output is used', ['-w', '-']],
  ])('refuses %s', async (_, code, message, args) => {
    const ran = await runHere('audit', '--demo', ...args);
    expect(ran).toMatchObject({code, out: ''});
    expect(ran.err).toContain(message);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('--fail-on exits with 1 at this severity or a higher one', async () => {
    const snapshot = fileOf([psp('void', {runAsUser: {rule: 'MustRunAs'}}), ...objects]);
    const code = async (...args: string[]) => (await runHere('audit', ...args)).code;
    expect(await code('--from', snapshot, '--fail-on', 'high')).toBe(1);
    expect(await code('--from', snapshot)).toBe(0);
    const medium = fileOf([psp('void', {runAsUser: {rule: 'MustRunAs'}})]);
    expect(await code('--from', medium, '--fail-on', 'high')).toBe(0);
    expect(await code('--from', medium, '--fail-on', 'medium')).toBe(1);
    expect(await code('--from', medium, '--fail-on', 'low')).toBe(1);
  });

  test('names the snapshot, or the first manifest, where nothing else has a place', async () => {
    const snapshot = join(folderOf(), 'demo.json');
    expect((await runHere('snapshot', '--demo', snapshot)).code).toBe(0);
    for (const file of [snapshot, manifests]) {
      const {out} = await runHere('audit', '--from', file, '-o', 'sarif');
      const [run] = JSON.parse(out).runs;
      const uris = run.results.map(
        ({locations: [first]}: {locations: {physicalLocation?: {artifactLocation: object}}[]}) =>
          first?.physicalLocation?.artifactLocation,
      );
      expect(uris.length).toBeGreaterThan(0);
      expect(new Set(uris.map((uri: object) => printJson(uri)))).toEqual(
        new Set([printJson({uri: `file://${file}`})]),
      );
    }
  });

  test('says where manifests are, and nothing of where a live cluster is', async () => {
    const {out} = await runHere('audit', '--from', manifests, '-o', 'sarif');
    const [run] = JSON.parse(out).runs;
    const denied = run.results.find(({ruleId}: {ruleId: string}) => ruleId === 'denied-now');
    expect(denied.locations[0].physicalLocation).toEqual({
      artifactLocation: {uri: `file://${manifests}`},
      region: {startLine: 4},
    });
    expect((await runHere('audit', '--demo', '-o', 'sarif')).out).not.toContain('physicalLocation');
  });

  test('reads manifests once, also to say where they are: a pipe has no second time', async () => {
    const real = realWorld(new AbortController().signal);
    const read: (readonly string[])[] = [];
    const readDocuments = (paths: readonly string[]) => {
      read.push(paths);
      return real.readDocuments(paths);
    };
    const world = () => ({readDocuments});
    expect((await runIn(world, 'audit', '--from', manifests, '-o', 'sarif')).code).toBe(0);
    expect(read).toEqual([[manifests]]);
  });

  test('gives the same bytes for the same input, in every format', async () => {
    for (const format of ['table', 'wide', 'json', 'yaml', 'sarif', 'junit', 'html']) {
      const [one, other] = [
        await runHere('audit', '--demo', '-o', format),
        await runHere('audit', '--demo', '-o', format),
      ];
      expect(one.code, format).toBe(0);
      expect(one.out.length).toBeGreaterThan(1000);
      expect(one.out === other.out, format).toBe(true);
    }
  });
});

describe('audit -w', () => {
  test('writes a private file and says what is in it; --force writes over one', async () => {
    const file = join(folderOf(), 'audit.json');
    const first = await runHere('audit', '--demo', '-o', 'json', '-w', file, '--fail-on', 'high');
    expect(first).toMatchObject({code: 1, out: ''});
    expect(first.err).toMatch(/^wrote .*audit\.json: 10 high, /);
    expect(JSON.parse(readFileSync(file, 'utf8')).kind).toBe('Audit');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, 'mine');
    const again = await runHere('audit', '--demo', '-w', file);
    expect(again).toMatchObject({code: 2, out: ''});
    expect(again.err).toContain('use --force to overwrite it');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await runHere('audit', '--demo', '-w', file, '--force')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('denied-on-restart');
  });

  test('leaves nothing where it may not write', async () => {
    const folder = folderOf();
    const missing = await runHere('audit', '--demo', '-w', join(folder, 'no', 'x'));
    expect(missing).toMatchObject({code: 3, out: ''});
    expect(missing.err).toMatch(/no such file or folder\n$/);
    const isFolder = await runHere('audit', '--demo', '-w', folder, '--force');
    expect(isFolder.code).toBe(3);
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o500);
      expect((await runHere('audit', '--demo', '-w', join(folder, 'x'))).code).toBe(3);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('audit --ignore', () => {
  const ignore = (entries: unknown) => fileOf(printJson(entries), 'ignore.yaml');
  const base = {rule: 'denied-on-restart', object: 'Deployment/shop/*', reason: 'known'};
  const auditWith = (...entries: readonly object[]) =>
    runHere('audit', '--demo', '-o', 'json', '--ignore', ignore(entries));

  test('silences what matches, with its reason', async () => {
    const {out, err} = await auditWith({...base, until: '2999-12-31'});
    expect(err).toBe('');
    const {items, ignored, counts} = JSON.parse(out);
    expect(ignored).toHaveLength(1);
    expect(ignored[0]).toMatchObject({
      id: 'denied-on-restart/Deployment/shop/thumbnailer',
      reason: 'known',
      until: '2999-12-31',
    });
    expect(counts.high).toBe(9);
    expect(items.map(({id}: {id: string}) => id)).not.toContain(ignored[0].id);
  });

  test.each([
    ['Deployment/shop/thumbnailer', 1],
    ['*/shop/*', 2],
    ['Deployment/*', 0],
    ['Deployment/**', 4],
    ['**', 7],
    ['Deployment.shop.thumbnailer', 0],
    ['eployment/shop/thumbnailer', 0],
  ])('%s stands for %i findings', async (object, count) => {
    const {out} = await auditWith({...base, object});
    expect(JSON.parse(out).ignored).toHaveLength(count);
  });

  test('no longer counts after its day, and says so; says what matches nothing', async () => {
    const {out, err} = await auditWith(
      {...base, until: '2020-02-29'},
      {...base, object: 'Deployment/shop/gone'},
    );
    expect(JSON.parse(out).ignored).toEqual([]);
    expect(err).toMatch(
      /ignore\.yaml: \[0\]: denied-on-restart of Deployment\/shop\/\* is no longer ignored: it ended on 2020-02-29\n.*\[1\]: denied-on-restart of Deployment\/shop\/gone matches no finding: remove it\n$/,
    );
  });

  test('what is ignored does not fail', async () => {
    const file = ignore([{...base, object: '**'}]);
    const args = ['audit', '--from', manifests, '--fail-on', 'high'];
    expect((await runHere(...args)).code).toBe(1);
    const now = ignore([{...base, rule: 'denied-now', object: '**'}]);
    expect((await runHere(...args, '--ignore', now)).code).toBe(0);
    expect((await runHere(...args, '--ignore', file)).code).toBe(1);
  });

  test('reads YAML, with days and comments', async () => {
    const yaml = `# why\n- rule: denied-on-restart\n  object: Deployment/shop/*\n  reason: being rewritten\n  until: 2999-01-31\n`;
    const {out, code} = await runHere('audit', '--demo', '--ignore', fileOf(yaml, 'i.yaml'));
    expect(code).toBe(0);
    expect(out).toContain('; 1 ignored\n');
  });

  test.each([
    [
      'a rule that is none',
      {...base, rule: 'denied-on-restrat'},
      '[0]: rule: there is no rule "denied-on-restrat": did you mean "denied-on-restart"?',
    ],
    ['no reason', {rule: base.rule, object: '**'}, '[0]: reason: is missing'],
    ['an empty reason', {...base, reason: ' '}, '[0]: reason: is not text'],
    ['a number', {...base, object: 5}, '[0]: object: is not text'],
    ['a day that is none', {...base, until: '2023-02-30'}, '[0]: until: "2023-02-30" is not a day'],
    [
      'another form of day',
      {...base, until: '31.12.2023'},
      '[0]: until: "31.12.2023" is not a day',
    ],
    [
      'a field that is none',
      {...base, untill: 'x'},
      '[0]: unknown field "untill": did you mean "until"?',
    ],
    ['no object', 'x', '[0]: not an object'],
  ])('refuses %s', async (_, entry, message) => {
    const {code, out, err} = await runHere('audit', '--demo', '--ignore', ignore([entry]));
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toContain(`ignore.yaml: ${message}`);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('refuses what is no list, and a file that is not there', async () => {
    const map = await runHere('audit', '--demo', '--ignore', ignore({a: 1}));
    expect(map).toMatchObject({code: 3, out: ''});
    expect(map.err).toContain('an ignore file is a list');
    expect((await runHere('audit', '--demo', '--ignore', '/none.yaml')).code).toBe(3);
    const empty = await runHere('audit', '--demo', '--ignore', fileOf('# nothing\n', 'e.yaml'));
    expect(empty.code).toBe(0);
  });
});
