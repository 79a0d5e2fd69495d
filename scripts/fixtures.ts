/**
 * npm run fixtures: records test/fixtures/vectors again: 3,000 admission cases, updates that change
 * little, and what the admission plugin of Kubernetes v1.24.17 says of them.
 *
 * npm run fixtures -- --releases [v1.N...]: records test/fixtures/releases again, or the files of the named releases:
 * 500 cases of each release before v1.24, and what its own admission plugin says of them.
 *
 * Builds the reference programs first if they aren't there: some 7 minutes, and 5 for each release.
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {buildRelease, oldReleases, releaseFiles} from '../test/support/kubernetes/releases.ts';
import {vectorFiles} from '../test/support/kubernetes/vectors.ts';

const test = join(import.meta.dirname, '../test');
const {values, positionals} = parseArgs({
  options: {releases: {type: 'boolean'}},
  allowPositionals: true,
});
if (values.releases) recordReleases(positionals);
else recordVectors();

function recordVectors(): void {
  const {status} = spawnSync('bash', [join(test, 'kubernetes/build.sh')], {stdio: 'inherit'});
  if (status !== 0) fail('the reference programs could not be built');
  write('vectors', vectorFiles());
}

function recordReleases(names: readonly string[]): void {
  const unknown = names.find(name => !oldReleases.some(release => release === name));
  if (unknown !== undefined) fail(`there is no "${unknown}": ${oldReleases.join(', ')}`);
  for (const release of oldReleases) {
    if (names.length > 0 && !names.includes(release)) continue;
    const programs = buildRelease(release);
    if (programs === undefined) fail(`the programs of ${release} could not be built`);
    write('releases', releaseFiles(release, programs));
  }
}

function write(name: string, files: Readonly<Record<string, Uint8Array>>): void {
  const folder = join(test, 'fixtures', name);
  mkdirSync(folder, {recursive: true});
  for (const [file, data] of Object.entries(files)) writeFileSync(join(folder, file), data);
}

function fail(why: string): never {
  process.stderr.write(`fixtures: ${why}\n`);
  process.exit(1);
}
