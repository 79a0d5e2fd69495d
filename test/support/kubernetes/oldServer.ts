import {builtProgram} from './built.ts';

/**
 * The API server of v1.20, which knows service account tokens as secrets and seccomp in fields and annotations:
 * `$PSP_OLD_APISERVER`, or what test/oldserver/build.sh has built; undefined if there is none.
 */
export function oldApiServer(): string | undefined {
  const named = process.env.PSP_OLD_APISERVER;
  return builtProgram({script: 'oldserver/build.sh', program: 'kube-apiserver', named});
}
