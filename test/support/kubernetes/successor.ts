import {builtOrSkipped} from './built.ts';

/**
 * The API server of a version without PodSecurityPolicy, v1.37: `$PSP_SUCCESSOR_APISERVER`, or what
 * test/successor/build.sh has built; undefined if there is none, which is said in one line on stderr.
 */
export function successorApiServer(): string | undefined {
  const named = process.env.PSP_SUCCESSOR_APISERVER;
  const build = {script: 'successor/build.sh', program: 'kube-apiserver', named};
  return builtOrSkipped(build, 'API server of v1.37');
}

/** The API server of a release between v1.24 and that, which test/successor/release.sh has built; undefined likewise. */
export function releaseApiServer(release: 'v1.30' | 'v1.35'): string | undefined {
  const build = {script: 'successor/release.sh', args: [release], program: 'kube-apiserver'};
  return builtOrSkipped(build, `API server of ${release}`);
}
