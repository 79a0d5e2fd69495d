import type {Scope} from '../advice/scope.ts';
import type {SharedAdvice, Sharer, Sharing} from '../advice/sharing/sharedAdvice.ts';
import type {Excess} from '../advice/sharing/sharedExcess.ts';
import {sharedGrants} from '../advice/sharing/sharedGrants.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {levelText} from '../policy/level.ts';
import {count} from '../text.ts';
import {printYaml} from '../yaml/documents.ts';
import {comment, commentsFor, listed, printablePolicy, printedAdvice} from './advice.ts';
import {nameOf} from './place.ts';
import {table} from './table.ts';

/** Shared policies, and their grants if wanted, as a YAML stream for `kubectl apply -f -`. */
export function sharingYaml(sharing: Sharing, scope: Scope, withGrants: boolean): string {
  const documents = sharing.advices.flatMap(advice => [
    comment(header(advice, scope)) +
      printYaml(printablePolicy(advice.policy), {comments: commentsFor(advice)}),
    ...(withGrants ? sharedGrants(advice).map(object => printYaml(object)) : []),
  ]);
  return comment(verdict(sharing)) + documents.join('---\n');
}

function verdict({advices, points, exact}: Sharing): readonly string[] {
  if (advices.length === 0) return [];
  const found = exact
    ? 'the least possible with so many'
    : 'found by merging step by step: less may be possible';
  const policies = count(advices.length, 'policy', 'policies');
  return [
    `${policies} with ${count(points, 'point')} of excess privilege over all workloads, ${found}`,
  ];
}

function header(advice: SharedAdvice, scope: Scope): readonly string[] {
  const {items, sharers, points, changes, policy} = advice;
  return [
    `${policy.metadata.name}: shared by ${count(items.length, 'workload')}, ${count(points, 'point')} of excess`,
    ...sharers.map(sharer => sharerLine(sharer, scope)),
    ...items
      .filter(({submission}) => submission.isLivePod)
      .map(item => `${nameOf(item)} is judged by its live pod: its template is not known`),
    ...(changes.length === 0
      ? []
      : [`writes into ${listed(changes.map(({item}) => nameOf(item)))}: see -o json`]),
  ];
}

function sharerLine({groups, workloads, excess, points}: Sharer, scope: Scope): string {
  const who = `${listed(groups.map(([first]) => labelOf(first, scope)))} (${count(workloads, 'workload')})`;
  if (excess.length === 0) return `${who}: nothing in excess`;
  return `${who}: ${count(points, 'point')} each: ${excess.map(excessText).join('; ')}`;
}

/** What a group is called in its scope. */
function labelOf(item: Item, scope: Scope): string {
  const {namespace, submission} = item;
  switch (scope) {
    case 'service-account':
      return `${namespace}/${submission.serviceAccount || 'system:nodes'}`;
    case 'workload':
      return `${namespace}/${nameOf(item)}`;
    case 'namespace':
      return namespace;
    case 'cluster':
      return 'all';
  }
}

function excessText({title, beyond, from, to}: Excess): string {
  const what = beyond.length === 0 ? 'more than any of them needs' : beyond.join(', ');
  return `${title}: ${what}${from === undefined ? '' : ` (${from} to ${to})`}`;
}

/** A line a policy: how many share it, how open it is, and what that has in excess. */
export function sharingTable({advices}: Sharing, scope: Scope, headers: boolean): string {
  return table(
    headers ? ['POLICY', 'LEVEL', 'WORKLOADS', 'EXCESS', 'SHARED BY'] : undefined,
    advices.map(({policy, items, points, sharers}) => [
      policy.metadata.name,
      levelText(policy),
      String(items.length),
      String(points),
      listed(sharers.flatMap(({groups}) => groups.map(([first]) => labelOf(first, scope)))),
    ]),
  );
}

/** One shared policy as machine output has it: as other advice, and who shares it with what excess. */
export function printedSharing(
  advice: SharedAdvice,
  exact: boolean,
  scope: Scope,
  withGrants: boolean,
): object {
  return {
    ...printedAdvice(advice, false),
    grants: withGrants ? sharedGrants(advice) : undefined,
    excess: {
      points: advice.points,
      least: exact,
      sharers: advice.sharers.map(({groups, workloads, excess, points}) => ({
        names: groups.map(([first]) => labelOf(first, scope)),
        workloads,
        points,
        controls: excess.map(({control, beyond, from, to, points: counts}) => ({
          id: control,
          beyond,
          from,
          to,
          points: counts,
        })),
      })),
    },
  };
}
