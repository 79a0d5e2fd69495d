import {similarName} from '../kube/nearNames.ts';
import type {Role} from '../kube/objects.ts';

/** What people add to the names of roles of policies, or leave out. */
const affixes = [
  'psp',
  'psps',
  'podsecuritypolicy',
  'policy',
  'role',
  'clusterrole',
  'use',
  'user',
];

/** The role that was meant by a name that none has: the same words in another way, or a slip in a long word. */
export function nearRole(name: string, roles: readonly Role[]): Role | undefined {
  const wanted = wordsOf(name);
  const same = roles.find(
    ({metadata}) => wanted !== '' && wordsOf(metadata?.name ?? '') === wanted,
  );
  if (same !== undefined || name.length < shortest) return same;
  const alike = roles.filter(({metadata}) => isAlike(name, metadata?.name ?? ''));
  const near = similarName(
    name,
    alike.map(({metadata}) => metadata?.name ?? ''),
  );
  return alike.find(({metadata}) => metadata?.name === near);
}

/** In a shorter name, one letter is another name. */
const shortest = 6;
/** So many letters may be wrong. */
const most = 2;

/** Whether a slip is possible at all; `web-1` and `web-2` are two things. */
function isAlike(wanted: string, name: string): boolean {
  if (name.length < shortest || digitsOf(name) !== digitsOf(wanted)) return false;
  return Math.abs(name.length - wanted.length) <= most || name.startsWith(wanted);
}

/** The words of a name without what says that it is a role of a policy. */
function wordsOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter(word => !affixes.includes(word)).join(' ');
}

function digitsOf(name: string): string {
  return name.replaceAll(/\D/g, '');
}
