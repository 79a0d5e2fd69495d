import {isThorough} from '../kubernetes/reference.ts';
import type {ApiServer} from '../server/apiServer.ts';
import {findProgram} from './executables.ts';
import {type Ran, runProgram} from './run.ts';

/** Runs kubectl as the admin of an API server. */
export function kubectlOn(
  {kubeconfig, dir}: Pick<ApiServer, 'kubeconfig' | 'dir'>,
  args: readonly string[],
  stdin = '',
): Promise<Ran> {
  return runProgram('kubectl', args, {stdin, env: {KUBECONFIG: kubeconfig, HOME: dir}});
}

/**
 * Whether there is a kubectl in `$PATH`, or tests have to fail without; if not, it says on stderr what it
 * was needed for.
 */
export function hasKubectl(purpose: string): boolean {
  if (isThorough || findProgram('kubectl') !== undefined) return true;
  process.stderr.write(`skipped: no kubectl in PATH to ${purpose} with\n`);
  return false;
}
