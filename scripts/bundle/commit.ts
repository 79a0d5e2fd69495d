import {execFileSync} from 'node:child_process';

/** The commit that is built. */
export interface Commit {
  /** Twelve hex digits; `unknown` outside a git checkout. */
  readonly id: string;
  /** When it was made, in seconds since 1970; the same for every build of one commit. */
  readonly seconds: number;
}

/** 1980-01-02: the first whole day that a zip archive can express. */
const earliest = 315_619_200;

/** What is checked out here. `SOURCE_DATE_EPOCH` stands in for git's time where there is no git. */
export function commitOf(root: string): Commit {
  const [id = '', time = ''] = git(root, 'log', '-1', '--abbrev=12', '--format=%h %ct').split(' ');
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? time);
  return {id: id || 'unknown', seconds: Math.max(earliest, seconds || 0)};
}

/** Tracked files that differ from the commit. */
export function changedFiles(root: string): readonly string[] {
  return git(root, 'status', '--porcelain', '--untracked-files=no').split('\n').filter(Boolean);
}

function git(root: string, ...args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  } catch {
    return '';
  }
}
