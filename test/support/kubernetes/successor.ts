import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {isExecutable} from '../run/executables.ts';

const releaseScript = join(import.meta.dirname, '../../successor/release.sh');
const script = join(import.meta.dirname, '../../successor/build.sh');

/**
 * The API server of a version without PodSecurityPolicy, v1.37: `$PSP_SUCCESSOR_APISERVER`, or what
 * test/successor/build.sh has built; undefined if there is none, which is said in one line on stderr.
 */
export function successorApiServer(): string | undefined {
  const {stdout} = spawnSync(script, ['--dir'], {encoding: 'utf8'});
  const found = [process.env.PSP_SUCCESSOR_APISERVER, join(stdout.trim(), 'kube-apiserver')].find(
    path => path !== undefined && isExecutable(path),
  );
  if (found === undefined) {
    process.stderr.write('skipped: no API server of v1.37; test/successor/build.sh makes it\n');
  }
  return found;
}

/** The API server of a release between v1.24 and that, which test/successor/release.sh has built; undefined likewise. */
export function releaseApiServer(release: 'v1.30' | 'v1.35'): string | undefined {
  const {stdout} = spawnSync(releaseScript, [release, '--dir'], {encoding: 'utf8'});
  const program = join(stdout.trim(), 'kube-apiserver');
  if (isExecutable(program)) return program;
  process.stderr.write(
    `skipped: no API server of ${release}; test/successor/release.sh ${release} makes it\n`,
  );
  return undefined;
}
