/**
 * Records test/fixtures/vectors again: 3,000 admission cases, updates that change little, and what the
 * admission plugin of Kubernetes v1.24.17 says of them. Builds the reference programs first if they
 * aren't there.
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {vectorFiles} from '../test/support/kubernetes/vectors.ts';

const test = join(import.meta.dirname, '../test');
const {status} = spawnSync('bash', [join(test, 'kubernetes/build.sh')], {stdio: 'inherit'});
if (status !== 0) {
  process.stderr.write('fixtures: the reference programs could not be built\n');
  process.exit(1);
}

const folder = join(test, 'fixtures/vectors');
mkdirSync(folder, {recursive: true});
for (const [name, data] of Object.entries(vectorFiles())) writeFileSync(join(folder, name), data);
