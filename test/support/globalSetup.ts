import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {leftOutLine} from './run/longTests.ts';

/**
 * Gives the run a folder of its own for temporary files, which is gone after it, and keeps a developer's
 * own kubeconfig from the tests. Says what a short run leaves out.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'psp-tests-'));
  const line = leftOutLine({args: process.argv, env: process.env});
  if (line !== undefined) process.stderr.write(`${line}\n`);
  process.env.TMPDIR = folder;
  process.env.KUBECONFIG = '/dev/null';
  return () => rmSync(folder, {recursive: true, force: true, maxRetries: 3});
}
