import {policyGroups} from '../kube/apiGroups.ts';
import type {Rule} from '../kube/objects.ts';

const resource = 'podsecuritypolicies';

/** What people write instead of the resource; RBAC compares its plural name, letter by letter. */
const resourceWords = ['podsecuritypolicies', 'podsecuritypolicy', 'psp', 'psps'];

/** Whether a rule is about policies, whatever its group and verbs, and however the resource is written. */
export function isAboutPolicies({resources = []}: Rule): boolean {
  return resources.some(name => name === '*' || isWritten(name));
}

/** Why a rule about policies does not grant their use; undefined if it is about something else. */
export function missOfRule(rule: Rule): string | undefined {
  const {verbs = [], apiGroups = [], resources = [], resourceNames = []} = rule;
  const written = resources.find(isWritten);
  if (written === undefined) return undefined;
  const isResource = resources.includes(resource) || resources.includes('*');
  const isGroup = [...policyGroups, '*'].some(group => apiGroups.includes(group));
  const isVerb = verbs.includes('use') || verbs.includes('*');
  if (!isResource) {
    return isVerb || isGroup
      ? `names the resource ${quoted(written)}; the one to use is ${quoted(resource)}`
      : undefined;
  }
  if (!isGroup) {
    const found = apiGroups.map(quoted).join(', ') || 'none';
    return isVerb ? `names the API group ${found}; the one to use is "policy"` : undefined;
  }
  const near = verbs.find(isNearUse);
  if (near !== undefined)
    return `has the verb ${quoted(near)}; the one that opens policies is "use"`;
  // Reading policies is a right of its own, but nobody grants it policy by policy.
  const reads = verbs.every(verb => ['get', 'list', 'watch'].includes(verb));
  return resourceNames.length > 0 && reads
    ? `has the verbs ${verbs.join(', ')} for policies by name; the verb that opens them is "use"`
    : undefined;
}

/** An operation of a JSON patch (RFC 6902) that changes an object. */
export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** What makes the rule in this place of a role what was meant: what is near a word becomes it, what lacks is added. */
export function mendingSteps(rule: Rule, index: number): readonly PatchStep[] {
  const {verbs = [], apiGroups = [], resources = []} = rule;
  const isNearGroup = (group: string) =>
    // The group of pods, in a rule that is about policies alone.
    group === ''
      ? resources.every(isWritten)
      : policyGroups.some(right => right === group.toLowerCase().split('/')[0]);
  const fields = {
    apiGroups: corrected(apiGroups, [...policyGroups, '*'], isNearGroup),
    resources: corrected(resources, [resource, '*'], isWritten),
    verbs: corrected(verbs, ['use', '*'], isNearUse),
  };
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{op: 'add', path: `/rules/${index}/${field}`, value}],
  );
}

/** The words in which one that is near is the first of the right ones, added if none is; undefined if one is there. */
function corrected(
  words: readonly string[],
  right: readonly string[],
  isNear: (word: string) => boolean,
): readonly string[] | undefined {
  if (words.some(word => right.includes(word))) return undefined;
  const [wanted = ''] = right;
  const now = words.map(word => (isNear(word) ? wanted : word));
  return [...new Set(now.includes(wanted) ? now : [...now, wanted])];
}

function isWritten(name: string): boolean {
  return resourceWords.includes(name.toLowerCase());
}

function isNearUse(verb: string): boolean {
  return verb !== 'use' && /^us(e|es|ing)$/i.test(verb);
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
