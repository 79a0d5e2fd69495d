import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {isExecutable} from '../run/executables.ts';

/** A script that builds a program into the user's cache, and what else may say where that is. */
export interface Build {
  /** In `test`: "successor/build.sh". */
  readonly script: string;
  readonly args?: readonly string[];
  readonly program: string;
  /** A path that comes first. */
  readonly named?: string | undefined;
}

/** The path of a program that was built; undefined if there is none. */
export function builtProgram({script, args = [], program, named}: Build): string | undefined {
  const path = join(import.meta.dirname, '../..', script);
  const {stdout} = spawnSync('bash', [path, ...args, '--dir'], {encoding: 'utf8'});
  return [named, join(stdout.trim(), program)].find(one => one !== undefined && isExecutable(one));
}

/** The same, and one line on stderr if there is none. */
export function builtOrSkipped(build: Build, what: string): string | undefined {
  const found = builtProgram(build);
  if (found === undefined) {
    const line = ['test', build.script].join('/');
    process.stderr.write(
      `skipped: no ${what}; ${[line, ...(build.args ?? [])].join(' ')} makes it\n`,
    );
  }
  return found;
}
