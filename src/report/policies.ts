import type {Policy} from '../kube/objects.ts';
import {levelText} from '../policy/level.ts';
import {printYaml} from '../yaml/documents.ts';
import {printablePolicy} from './advice.ts';
import {escapeText} from './escape.ts';
import {jsonText} from './machine.ts';
import {table} from './table.ts';

/** Policies as a YAML stream for `kubectl psp apply -f -`. */
export function policiesYaml(policies: readonly Policy[]): string {
  return policies.map(policy => printYaml(printablePolicy(policy))).join('---\n');
}

/** The same as one `v1 List` in JSON. */
export function policiesJson(policies: readonly Policy[]): string {
  return jsonText({apiVersion: 'v1', kind: 'List', items: policies.map(printablePolicy)});
}

/** A line a policy, as `kubectl get -o name` writes it. */
export function policiesNames(policies: readonly Policy[]): string {
  return policies
    .map(({metadata}) => `podsecuritypolicy.policy/${escapeText(metadata.name)}\n`)
    .join('');
}

/** A line a policy: the level that it holds pods to, and what is beyond a stricter one. */
export function policiesTable(policies: readonly Policy[], headers: boolean): string {
  if (policies.length === 0) return '';
  const rows = policies.map(policy => [policy.metadata.name, levelText(policy)]);
  return table(headers ? ['NAME', 'LEVEL'] : undefined, rows);
}
