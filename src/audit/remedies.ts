import type {Verdict} from '../admission/judgement.ts';
import {subjectWord} from '../grant/namedSubject.ts';
import {podSecurityPrefix} from '../podSecurity/labels.ts';
import type {Grantee} from '../rbac/grantee.ts';
import type {FindingObject} from './finding.ts';
import type {VerdictGroup} from './groups.ts';

/** A word of a command line, quoted for POSIX shells if it has to be. */
function shellWord(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line of these words. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function inNamespace(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : ['-n', namespace];
}

/** `kubectl delete role/psp -n shop`: with any verb of kubectl that takes an object. */
export function kubectl(verb: string, {kind, namespace, name}: FindingObject, ...more: string[]) {
  const object = `${kind.toLowerCase()}/${name}`;
  return commandLine('kubectl', verb, object, ...inNamespace(namespace), ...more);
}

/** `kubectl patch` with a JSON patch or, for an object, a merge patch. */
export function patch(object: FindingObject, change: object): string {
  const type = Array.isArray(change) ? 'json' : 'merge';
  return kubectl('patch', object, `--type=${type}`, '-p', JSON.stringify(change));
}

/** What tells all about a group's verdict. What was not read itself is known by its pods. */
export function whyCommand({object, workload}: VerdictGroup, {item}: Verdict): string {
  const name = workload !== undefined ? `${object.kind.toLowerCase()}/${object.name}` : item.name;
  return commandLine('kubectl', 'psp', 'why', name, ...inNamespace(object.namespace));
}

/** Lets an account use a policy. */
export function bindCommand(policy: string, namespace: string, account: string): string {
  return bindAllCommand(policy, [`sa:${namespace}/${account}`]);
}

/** The same for several, as `--to` has them. */
export function bindAllCommand(policy: string, subjects: readonly string[]): string {
  return commandLine(
    'kubectl',
    'psp',
    'bind',
    policy,
    ...subjects.flatMap(subject => ['--to', subject]),
  );
}

/** Takes a policy from subjects. */
export function unbindCommand(
  policy: string,
  subjects: readonly Grantee[],
  namespace: string | undefined,
): string {
  const to = subjects.flatMap(subject => ['--to', subjectWord(subject)]);
  return commandLine('kubectl', 'psp', 'unbind', policy, ...to, ...inNamespace(namespace));
}

/** Prints the policies that the pods of a namespace need, with their grants, for a look before they are applied. */
export function adviseCommand(namespace: string): string {
  return commandLine('kubectl', 'psp', 'advise', '-n', namespace, '--grant');
}

/** Sets labels of Pod Security Admission, which are named without their prefix. */
export function labelCommand(namespace: string, labels: Readonly<Record<string, string>>): string {
  const set = Object.entries(labels).map(([key, value]) => `${podSecurityPrefix}${key}=${value}`);
  return commandLine('kubectl', 'label', 'namespace', namespace, ...set, '--overwrite');
}

/** One command line after the other, each only if the one before did what it was to do. */
export function inTurn(...lines: readonly string[]): string {
  return lines.join(' && ');
}
