import {answerOf, type Reuse} from '../advice/reuse.ts';
import type {Overtaken, ReusePlan, UnreadGrant} from '../advice/reusePlan.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {labelOf} from '../kube/reference.ts';
import {printYaml} from '../yaml/documents.ts';
import {adviceYaml, comment, listed, printedAdvice} from './advice.ts';
import {nameOf, printedPlace} from './place.ts';
import {table} from './table.ts';

/**
 * New policies, and with grants those of reused ones too, as a YAML stream for `kubectl apply -f -`;
 * comments say which existing policies do.
 */
export function reuseYaml(reuses: readonly Reuse[], plan: ReusePlan, withGrants: boolean): string {
  const reused = reuses
    .filter(({isNew}) => !isNew)
    .flatMap(reuse => [
      `Reuse ${answerOf(reuse).metadata.name} for ${itemsText(reuse.advice.items)}: no new policy is strictly tighter`,
      ...remarks(reuse, plan),
    ]);
  const fresh = reuses
    .filter(({isNew}) => isNew)
    .map(
      reuse =>
        comment([newText(reuse), ...remarks(reuse, plan)]) + adviceYaml([reuse.advice], withGrants),
    );
  const grants = withGrants ? plan.grants.map(object => printYaml(object)) : [];
  const unread = withGrants ? plan.unread.map(unreadGrantText) : [];
  return comment([...reused, ...unread]) + [...fresh, ...grants].join('---\n');
}

function newText({existing, tighterIn}: Reuse): string {
  const [first] = existing;
  if (first === undefined) return 'No existing policy admits these pods:';
  const where = tighterIn.map(({title}) => title).join(', ');
  return `Tighter than ${first.metadata.name}, the tightest that exists, in: ${where}`;
}

/** What else is worth knowing about one answer. */
function remarks(reuse: Reuse, {overtaken}: ReusePlan): readonly string[] {
  const [, ...others] = reuse.existing;
  const names = others.map(({metadata}) => metadata.name);
  const also =
    names.length === 0 ? [] : [`As tight, or neither tighter nor looser: ${names.join(', ')}`];
  const wanted = answerOf(reuse).metadata.name;
  return [...also, ...(overtaken.get(reuse) ?? []).map(other => overtakenText(other, wanted))];
}

/** Which policy comes before the one that is meant, and why. */
export function overtakenText({policy, items}: Overtaken, wanted: string): string {
  const whose = itemsText(items);
  if (policy === undefined) return `Admission would still deny ${whose}`;
  const why =
    policy < wanted
      ? 'it may also be used, and its name sorts first'
      : `it may also be used, and leaves the pod unchanged`;
  return `Admission would choose ${policy} instead of ${wanted} for ${whose}: ${why}`;
}

/** What is not known of the grant of an existing policy, and what came of that. */
export function unreadGrantText(grant: UnreadGrant): string {
  const {policy, namespace, name, grantees, needs, isWritten} = grant;
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const binding = labelOf({kind, namespace, name});
  const whose = listed(grantees.map(grantee => labelOf(grantee)));
  const what = needs.join(' and ');
  return isWritten
    ? `If the cluster has ${binding} already, applying this one replaces its subjects: there are no ${what} among the files`
    : `No grant of ${policy} for ${whose}: ${what}${namespace === undefined ? '' : ` in ${namespace}`} could not be read, and a new ${binding} would take the place of one that is there`;
}

/** The same as machine output has it. */
export function printedUnreadGrant(grant: UnreadGrant): object {
  const {policy, namespace, name, grantees, needs, isWritten} = grant;
  return {
    policy,
    namespace: namespace ?? null,
    name,
    subjects: grantees,
    needs,
    written: isWritten,
  };
}

function itemsText(items: readonly Item[]): string {
  return listed(items.map(item => `${item.namespace}/${nameOf(item)}`));
}

const header = ['NAMESPACE', 'SUBJECTS', 'WORKLOADS', 'EXISTING', 'ADVISED', 'TIGHTER IN'];

/** A line for each service account, workload or namespace: what exists, what is advised, and why. */
export function reuseTable(reuses: readonly Reuse[], headers: boolean): string {
  return table(
    headers ? header : undefined,
    reuses.map(reuse => [
      reuse.advice.namespace ?? '<cluster>',
      reuse.advice.grantees.map(({name}) => name).join(','),
      String(reuse.advice.items.length),
      reuse.existing.map(({metadata}) => metadata.name).join(','),
      answerOf(reuse).metadata.name,
      reuse.isNew && reuse.existing.length > 0 ? `${reuse.tighterIn.length} controls` : '',
    ]),
  );
}

/** One answer as machine output has it. */
export function printedReuse(reuse: Reuse, {overtaken}: ReusePlan, withGrants: boolean): object {
  const {advice, existing, tighterIn, isNew} = reuse;
  return {
    policy: answerOf(reuse).metadata.name,
    new: isNew,
    existing: existing.map(({metadata}) => metadata.name),
    tighterIn: isNew ? tighterIn.map(({id}) => id) : [],
    namespace: advice.namespace ?? null,
    subjects: advice.grantees,
    workloads: advice.items.map(printedPlace),
    overtaken: (overtaken.get(reuse) ?? []).map(({policy, items}) => ({
      policy: policy ?? null,
      workloads: items.map(printedPlace),
    })),
    advice: isNew ? printedAdvice(advice, withGrants) : null,
  };
}
