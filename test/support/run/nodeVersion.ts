import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Why tests can't run with a Node of this version (as `24.1.0`), in one line; undefined if they can. The oldest
 * one that will do is in package.json.
 */
export function nodeProblem(version: string, {engines}: {engines: {node: string}}) {
  const oldest = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `error: this is Node ${version}, and the tests need ${oldest} or later: use npm test or npx vitest, which run the project's own`;
}

/** Ends the process with that line if its own Node is too old. */
export function requireNode(): void {
  const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');
  const problem = nodeProblem(process.versions.node, JSON.parse(manifest));
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
