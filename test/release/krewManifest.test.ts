import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {packageVersion, root} from '../../scripts/bundle/bundle.ts';
import {krewManifest} from '../../scripts/release/krewManifest.ts';
import {parseOptions} from '../../scripts/release/options.ts';
import {platforms} from '../../scripts/release/platforms.ts';
import {isObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {krewProblems, list} from './krewRules.ts';

const url = 'https://example.com/v1';
const archives = platforms.map((platform, index) => ({platform, sha256: `${index}`.repeat(64)}));
const fresh = krewManifest('0.1.0', url, archives);

function read(text: string) {
  const [document, ...more] = readDocuments(text, 'psp.yaml');
  expect(more).toEqual([]);
  return document?.value;
}

function platformsOf(text: string) {
  const manifest = read(text);
  const spec = isObject(manifest) && isObject(manifest.spec) ? manifest.spec : {};
  return list(spec, 'platforms');
}

test('a fresh manifest keeps every rule of krew', () => {
  expect(krewProblems(read(fresh), 'psp.yaml')).toEqual([]);
});

test('the tracked manifest keeps them under the name that krew wants, for this version', () => {
  const tracked = readFileSync(join(root, 'krew-manifest.yaml'), 'utf8');
  expect(krewProblems(read(tracked), 'psp.yaml')).toEqual([]);
  expect(tracked).toContain(`  version: v${packageVersion()}\n`);
  expect(platformsOf(tracked)).toHaveLength(platforms.length);
});

test('the tracked manifest is what the release script writes of its checksums', () => {
  const tracked = readFileSync(join(root, 'krew-manifest.yaml'), 'utf8');
  const sums = platformsOf(tracked).map(({sha256}) => String(sha256));
  const same = platforms.map((platform, index) => ({platform, sha256: sums[index] ?? ''}));
  const baseUrl = parseOptions([])?.baseUrl ?? '';
  expect(krewManifest(packageVersion(), baseUrl, same)).toBe(tracked);
});

test('each platform has its own archive and checksum below the base URL', () => {
  expect(platformsOf(fresh).map(({uri, sha256, bin}) => [uri, sha256, bin])).toEqual([
    [`${url}/kubectl-psp-linux-amd64.tar.gz`, '0'.repeat(64), 'kubectl-psp'],
    [`${url}/kubectl-psp-linux-arm64.tar.gz`, '1'.repeat(64), 'kubectl-psp'],
    [`${url}/kubectl-psp-darwin-amd64.tar.gz`, '2'.repeat(64), 'kubectl-psp'],
    [`${url}/kubectl-psp-darwin-arm64.tar.gz`, '3'.repeat(64), 'kubectl-psp'],
    [`${url}/kubectl-psp-windows-amd64.zip`, '4'.repeat(64), 'kubectl-psp.exe'],
  ]);
  expect(krewManifest('0.1.0', `${url}/`, archives)).toBe(fresh);
});

test('the caveats tell about rights and about clusters without the feature', () => {
  expect(fresh).toMatch(/caveats: \|[\s\S]*get and list[\s\S]*1\.25 and later/);
});

describe('the rules turn away a manifest', () => {
  test.each([
    ['apiVersion', 'v1alpha2', 'v1alpha1'],
    ['kind', 'kind: Plugin', 'kind: Plugins'],
    ['name', 'name: psp', 'name: p.s.p'],
    ['name', 'name: psp', 'name: nul'],
    ['version', 'version: v0', 'version: 0'],
    ['version', 'version: v0.1.0', 'version: v0.1'],
    ['shortDescription', /shortDescription: .*/, 'shortDescription: ""'],
    [
      'shortDescription too long',
      /shortDescription: /,
      'shortDescription: In very many more words ',
    ],
    ['homepage', /homepage: .*/, 'homepage: ""'],
    ['description', /( {2}description:) \|\n( {4}.*\n)*/, '$1 ""\n'],
    ['platforms', / {2}platforms:[\s\S]*/, '  platforms: []\n'],
    ['platform 0: uri', /uri: https/, 'uri: gopher'],
    ['platform 0: archive', /tar\.gz/, 'tar.xz'],
    ['platform 1: sha256', /1{64}/, 'A'.repeat(64)],
    ['platform 1: sha256', /1{64}/, '1'.repeat(63)],
    ['platform 0: bin', /bin: kubectl-psp/, 'bin: /kubectl-psp'],
    ['platform 4: bin of the system', 'bin: kubectl-psp.exe', 'bin: kubectl-psp'],
    ['platform 0: selector', 'os: linux', 'os: linux\n          libc: musl'],
    ['platform 0: platform', 'arch: amd64', 'arch: x64'],
    ['platform 0: files', /( {6}files:)\n( {8}.*\n)*/, '$1 []\n'],
    ['platform 0: from', 'from: kubectl-psp', 'from: ""'],
    ['platform 0: to', 'to: .', 'to: ../..'],
    ['platform 0: licence', 'from: LICENSE', 'from: README'],
    ['two platforms of one selector', 'arch: arm64', 'arch: amd64'],
  ])('for its %s: %s becomes %s', (problem, good, bad) => {
    expect(krewProblems(read(fresh.replace(good, bad)), 'psp.yaml')).toContain(problem);
  });

  test('for the name of its file', () => {
    expect(krewProblems(read(fresh), 'krew-manifest.yaml')).toEqual(['file name']);
  });
});

describe('the command line of the release', () => {
  test('is for all platforms, compressed well, with code caches', () => {
    expect(parseOptions([])).toMatchObject({platforms, level: 9, caches: true});
    expect(parseOptions([])?.baseUrl).toMatch(/\/releases\/download\/v\d+\.\d+\.\d+$/);
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  test('narrows it, and says what is wrong with it', () => {
    const narrow = ['--only', 'linux-arm64', '--base-url', url, '--no-caches', '--fast'];
    expect(parseOptions(narrow)).toMatchObject({baseUrl: url, level: 1, caches: false});
    expect(parseOptions(narrow)?.platforms.map(({name}) => name)).toEqual(['linux-arm64']);
    expect(() => parseOptions(['--only', 'plan9'])).toThrow(
      '"plan9": the platforms are linux-amd64',
    );
    expect(() => parseOptions(['--base-url', 'here'])).toThrow('--base-url "here"');
  });
});
