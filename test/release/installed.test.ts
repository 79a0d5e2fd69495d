import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {packageVersion, root} from '../../scripts/bundle/bundle.ts';
import {isObject, parseJson} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {findProgram} from '../support/run/executables.ts';
import {hasKubectl} from '../support/run/kubectl.ts';
import {runBuilt, runProgram} from '../support/run/run.ts';
import {serve, status} from '../world/fakeApiServer.ts';
import {krewProblems, list} from './krewRules.ts';

const canBuild = process.platform === 'linux' && process.arch === 'x64';
if (!canBuild) process.stderr.write('skipped: releases are made on linux-amd64 only\n');

const pod = `apiVersion: v1\r
kind: Pod\r
metadata: {name: web, namespace: shop}\r
spec:\r
  containers: [{name: web, image: nginx, ports: [{containerPort: 80, hostPort: 8080}]}]\r
`;

/** A folder with a space and a letter that is not ASCII in its name. */
let scratch = '';
let out = '';
let installed = '';
let bin = '';

describe.runIf(canBuild)('the linux-amd64 archive', () => {
  beforeAll(() => {
    scratch = join(mkdtempSync(join(tmpdir(), 'kubectl-psp-')), 'a b é');
    out = join(scratch, 'out');
    bin = join(scratch, 'bin');
    mkdirSync(bin, {recursive: true});
    writeFileSync(join(scratch, 'pod 1.yaml'), pod);
    const script = join(root, 'scripts/release/index.ts');
    const where = ['--base-url', 'https://example.com/dl', '--out', out];
    execFileSync(process.execPath, [script, '--only', 'linux-amd64', '--fast', ...where], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    installed = install();
  }, 300_000);
  afterAll(() => rmSync(join(scratch, '..'), {recursive: true, force: true}));

  test('comes with a manifest that keeps the rules of krew, and its checksum', () => {
    const archive = readFileSync(join(out, 'kubectl-psp-linux-amd64.tar.gz'));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const line = `${sha256}  kubectl-psp-linux-amd64.tar.gz\n`;
    expect(readFileSync(join(out, 'kubectl-psp-linux-amd64.tar.gz.sha256'), 'utf8')).toBe(line);
    expect(krewProblems(manifest(), 'psp.yaml')).toEqual([]);
    expect(platform()).toMatchObject({
      sha256,
      uri: 'https://example.com/dl/kubectl-psp-linux-amd64.tar.gz',
    });
    expect(readFileSync(join(out, 'krew-manifest.yaml'))).toEqual(
      readFileSync(join(out, 'psp.yaml')),
    );
  });

  test('has one executable, the licence, and the notices of all that is bundled', () => {
    const files = readdirSync(installed);
    expect(files.sort()).toEqual(['LICENSE', 'THIRD-PARTY-NOTICES', 'kubectl-psp']);
    const executable = files.filter(file => statSync(join(installed, file)).mode & 0o111);
    expect(executable).toEqual(['kubectl-psp']);
    expect(readFileSync(join(installed, 'LICENSE'))).toEqual(readFileSync(join(root, 'LICENSE')));
    const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8');
    expect(notices).toContain(`Node.js ${process.versions.node}`);
    expect(notices).toContain('Copyright Node.js contributors.');
    for (const {name, version} of bundled()) expect(notices).toContain(`${name} ${version}\n`);
  });

  test('has a bill of materials that knows the packages, each once', () => {
    const names = bundled().map(({name}) => name);
    expect(names).toEqual(expect.arrayContaining(['commander', 'ink', 'js-yaml', 'react']));
    expect(names).not.toContain('vitest');
    const sbom = bom();
    expect(sbom).toMatchObject({bomFormat: 'CycloneDX', specVersion: '1.6'});
    const refs = list(sbom, 'components').map(component => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(refs).toContain(`pkg:generic/node@${process.versions.node}`);
  });

  describe.runIf(hasKubectl('run the plugin'))('through kubectl', () => {
    test('says its version and runs its commands', async () => {
      const version = await kubectl('version');
      expect(version.err).toBe('');
      expect(version.out).toBe(
        `kubectl-psp v${packageVersion()} (commit ${commit()}, node v${process.versions.node}, linux/x64)\n`,
      );
      await sameAsCheckout('advise', '-f', join(scratch, 'pod 1.yaml'));
      await sameAsCheckout('who-can', '--demo', '-A');
      await sameAsCheckout('--demo', '-o', 'json');
      await sameAsCheckout('advise', '--help');
    });

    test('ends with the exit codes of the program', async () => {
      expect((await kubectl('frobnicate')).code).toBe(2);
      const missing = await kubectl('advise', '-f', join(scratch, 'nothing.yaml'));
      expect([missing.code, missing.err]).toEqual([3, expect.stringContaining('nothing.yaml')]);
    });

    test.each([
      ['without HOME', ['-u', 'HOME']],
      ['with a HOME that can not be written', ['HOME=/proc']],
      ['without TERM', ['-u', 'TERM']],
      ['in the C locale', ['LANG=C', 'LC_ALL=C']],
      ['with options for another Node', ['NODE_OPTIONS=--no-such-flag']],
    ])('runs %s', async (_, changes) => {
      const advise = ['kubectl', 'psp', 'advise', '-f', join(scratch, 'pod 1.yaml')];
      const ran = await runProgram('env', [...changes, ...advise], {env: {PATH: path()}});
      const checkout = await runBuilt(advise.slice(2));
      expect(ran).toEqual(checkout);
    });

    test('asks the server of a kubeconfig with Windows line ends, with the flags of kubectl', async () => {
      const {url, seen} = await serve(response => status(response, 403, 'Forbidden', 'not you'));
      const kubeconfig = join(scratch, 'kube config');
      writeFileSync(kubeconfig, kubeconfigFor(url).replaceAll('\n', '\r\n'));
      const flags = ['--kubeconfig', kubeconfig, '--context', 'fake', '--as', 'jane'];
      const ran = await kubectl('who-can', '-A', ...flags, '--request-timeout=5s');
      expect([ran.code, ran.out]).toEqual([4, '']);
      expect(ran.err).toContain('not you');
      expect(
        seen.map(({headers}) => [headers.authorization, headers['impersonate-user']]),
      ).toContainEqual(['Bearer secret', 'jane']);
    });
  });

  test('runs under another name, through links to links, and from a folder of any name', async () => {
    const other = join(scratch, 'psp – renamed');
    copyFileSync(join(installed, 'kubectl-psp'), other);
    const link = join(scratch, 'link');
    symlinkSync(join(bin, 'kubectl-psp'), link);
    const plain = await runProgram(join(installed, 'kubectl-psp'), ['--demo', '-o', 'json']);
    expect([plain.code, plain.err]).toEqual([0, '']);
    for (const program of [other, link]) {
      expect(await runProgram(program, ['--demo', '-o', 'json'])).toEqual(plain);
    }
  });

  test('answers for completions under the name that kubectl asks', async () => {
    const completer = join(bin, 'kubectl_complete-psp');
    symlinkSync('kubectl-psp', completer);
    const {code, out: lines} = await runProgram(completer, ['who-c']);
    expect([code, lines]).toEqual([0, expect.stringMatching(/^who-can\t.*\n:4\n$/)]);
  });

  test('opens the session in a terminal, and leaves the terminal as it was', () => {
    const command = `${JSON.stringify(join(installed, 'kubectl-psp'))} --demo`;
    const {stdout, status} = spawnSync('script', ['-qec', command, '/dev/null'], {
      input: 'q',
      encoding: 'utf8',
      timeout: 30_000,
      env: {...process.env, TERM: 'xterm-256color'},
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/\u001B\[\?1049h[\s\S]*payments[\s\S]*\u001B\[\?1049l/);
  });

  const krew = ['kubectl-krew', 'krew'].find(findProgram);
  if (krew === undefined) process.stderr.write('skipped: no krew on PATH to install with\n');
  test.runIf(krew !== undefined)('is installed by krew', async () => {
    const home = join(scratch, 'krew');
    const archive = join(out, 'kubectl-psp-linux-amd64.tar.gz');
    const args = ['install', `--manifest=${join(out, 'psp.yaml')}`, `--archive=${archive}`];
    const ran = await runProgram(krew ?? '', args, {env: {KREW_ROOT: home, HOME: scratch}});
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('Installed plugin: psp')]);
    const env = {PATH: [join(home, 'bin'), process.env.PATH].join(delimiter)};
    expect((await runProgram('kubectl', ['psp', 'version'], {env})).code).toBe(0);
  });
});

function kubeconfigFor(url: string): string {
  return `apiVersion: v1
kind: Config
contexts: [{name: fake, context: {cluster: fake, user: me}}]
clusters: [{name: fake, cluster: {server: "${url}"}}]
users: [{name: me, user: {token: secret}}]
`;
}

/** As krew does it: unpacks, takes the files that the manifest names, and links the executable. */
function install(): string {
  const unpacked = join(scratch, 'unpacked');
  const store = join(scratch, 'store/psp');
  mkdirSync(unpacked);
  mkdirSync(store, {recursive: true});
  const archive = join(out, 'kubectl-psp-linux-amd64.tar.gz');
  execFileSync('tar', ['-xzf', archive, '-C', unpacked]);
  for (const file of list(platform(), 'files')) {
    const name = String(file.from);
    cpSync(join(unpacked, name), join(store, String(file.to), name));
  }
  symlinkSync(join(store, String(platform().bin)), join(bin, 'kubectl-psp'));
  chmodSync(store, 0o555);
  return store;
}

function manifest() {
  const [document] = readDocuments(readFileSync(join(out, 'psp.yaml'), 'utf8'), 'psp.yaml');
  return document?.value;
}

/** The manifest's only platform. */
function platform() {
  const all = manifest();
  const [first] = isObject(all) && isObject(all.spec) ? list(all.spec, 'platforms') : [];
  if (first === undefined) throw new Error('the manifest has no platform');
  return first;
}

function bom() {
  const sbom = parseJson(readFileSync(join(out, 'kubectl-psp-linux-amd64.cdx.json'), 'utf8'));
  if (!isObject(sbom)) throw new Error('the bill of materials is not an object');
  return sbom;
}

/** The npm packages of the bill of materials. */
function bundled() {
  return list(bom(), 'components').flatMap(({type, group, name, version}) =>
    type === 'library' ? [{name: group ? `${group}/${name}` : String(name), version}] : [],
  );
}

function commit(): string {
  return execFileSync('git', ['-C', root, 'log', '-1', '--abbrev=12', '--format=%h'], {
    encoding: 'utf8',
  }).trim();
}

function path(): string {
  return [bin, process.env.PATH].join(delimiter);
}

function kubectl(...args: readonly string[]) {
  return runProgram('kubectl', ['psp', ...args], {env: {PATH: path()}});
}

/** The installed plugin answers as the program of this checkout does. */
async function sameAsCheckout(...args: readonly string[]) {
  expect(await kubectl(...args)).toEqual(await runBuilt(args));
}
