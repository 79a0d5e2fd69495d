import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {folder} from './fakeApiServer.ts';

/** Files in PEM. */
export interface Pki {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority, and a certificate of it for `api.test`, for server and client; undefined without openssl. */
export function pki(): Pki | undefined {
  const at = folder();
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, {cwd: at, stdio: 'ignore'});
  };
  try {
    run('version');
  } catch {
    return undefined;
  }
  writeFileSync(join(at, 'names'), 'subjectAltName=DNS:api.test');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca');
  run('req', ...newKey, '-keyout', 'key.pem', '-out', 'csr', '-subj', '/CN=jane');
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
  run('x509', '-req', '-in', 'csr', ...by, '-out', 'cert.pem', '-days', '2');
  return {ca: join(at, 'ca.pem'), key: join(at, 'key.pem'), cert: join(at, 'cert.pem')};
}
