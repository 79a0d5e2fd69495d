import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {isExecutable} from '../run/executables.ts';

const script = join(import.meta.dirname, '../../oldserver/build.sh');

/**
 * The API server of v1.20, which knows service account tokens as secrets and seccomp in fields and annotations:
 * `$PSP_OLD_APISERVER`, or what test/oldserver/build.sh has built; undefined if there is none.
 */
export function oldApiServer(): string | undefined {
  const {stdout} = spawnSync(script, ['--dir'], {encoding: 'utf8'});
  return [process.env.PSP_OLD_APISERVER, join(stdout.trim(), 'kube-apiserver')].find(
    path => path !== undefined && isExecutable(path),
  );
}
