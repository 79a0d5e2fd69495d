import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * Gives the run a folder of its own for temporary files, which is gone after it, and keeps a developer's
 * own kubeconfig from the tests.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'psp-tests-'));
  process.env.TMPDIR = folder;
  process.env.KUBECONFIG = '/dev/null';
  return () => rmSync(folder, {recursive: true, force: true, maxRetries: 3});
}
