import type {Verdict} from '../admission/judgement.ts';
import {grantsJust} from '../grant/bindingSteps.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {type Grant, podIdentity, policiesOf} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';
import {type AuditContext, lacksPods} from './context.ts';
import {fittingPolicy, wouldMoveOthers} from './fitting.ts';
import {bindAllCommand, inTurn, kubectl, patch, unbindCommand} from './remedies.ts';
import {roleAt} from './roleEdits.ts';
import {objectText, rbacReference} from './words.ts';

/** So many accounts are bound by a command that somebody reads before it is run. */
const mostAccounts = 20;

/**
 * Takes what a binding grants from these of its subjects, and first gives the pods that get in through them
 * alone the tightest policy that lets them in as they are. undefined where no command is known to leave all
 * pods in. `mayMove`: pods whose account has a grant of its own that names a policy for them may come under that one.
 */
export function narrowingCommand(
  grant: Grant,
  subjects: readonly Grantee[],
  context: AuditContext,
  {mayMove = false}: {readonly mayMove?: boolean} = {},
): string | undefined {
  if (lacksPods(context.inventory)) return undefined;
  const away = takeAway(grant, subjects, context);
  if (away === undefined) return undefined;
  const bySubject = new Map<string, Set<string>>();
  const seen = new Set<Submission>();
  let count = 0;
  for (const verdict of context.verdictsIn(grant.binding.namespace)) {
    const {submission} = verdict.item;
    // It may rest on the grant: nobody knows what becomes of it.
    if (verdict.state === 'unknown') return undefined;
    if (seen.has(submission)) continue;
    if (!restsOn(verdict, grant) || staysWithout(verdict, grant, context)) continue;
    if (mayMove && hasOwn(verdict, context)) continue;
    seen.add(submission);
    const {namespace, serviceAccount} = submission;
    const policy = fittingPolicy(verdict, context.fromStrict) ?? verdict.chosen?.policy.name;
    if (policy === undefined || serviceAccount === '') return undefined;
    // It would come to another one first: a person looks at that.
    if (comesFirst(verdict, policy)) return undefined;
    const accounts = bySubject.get(policy) ?? new Set();
    const account = `sa:${namespace}/${serviceAccount}`;
    if (!accounts.has(account)) {
      if (wouldMoveOthers(policy, verdict, context.verdictsIn(namespace))) return undefined;
      count++;
    }
    // Of a big cluster nearly all pods are left out by this, and a fitting policy is dear to find.
    if (count > mostAccounts) return undefined;
    bySubject.set(policy, accounts.add(account));
  }
  const binds = [...bySubject]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([policy, accounts]) => bindAllCommand(policy, [...accounts].sort()));
  return inTurn(...binds, away);
}

/** Whether the binding is all that opens the chosen policy to the pod. */
function restsOn({via, chosen}: Verdict, {binding}: Grant): boolean {
  if (chosen === undefined || via.length === 0) return false;
  return via.every(
    way => way.binding !== undefined && objectText(way.binding) === objectText(binding),
  );
}

/**
 * Whether the pod gets in without the grant: under the policy that it was admitted by, or, where it does not
 * say by which, under another one that its account has.
 */
function staysWithout(verdict: Verdict, grant: Grant, {authorizer}: AuditContext): boolean {
  const {admittedBy, submission} = verdict.item;
  const {namespace, serviceAccount} = submission;
  if (admittedBy === undefined) {
    const account = podIdentity(namespace, serviceAccount);
    return verdict.granted.some(
      ({allowed, policy: {name}}) =>
        allowed && authorizer.grantsOf(account, namespace, name).some(other => other !== grant),
    );
  }
  const named = verdict.candidate(admittedBy);
  if (named === undefined || !named.allowed || named.mutates) return false;
  return authorizer
    .grantsOf(podIdentity(namespace, serviceAccount), namespace, admittedBy)
    .some(other => other !== grant);
}

/** Whether another policy that the pod may use takes it as it is, and sorts before this one. */
function comesFirst({chosen, granted}: Verdict, policy: string): boolean {
  return granted.some(
    candidate =>
      candidate !== chosen &&
      candidate.policy.name < policy &&
      candidate.allowed &&
      !candidate.mutates,
  );
}

/** Whether the account has a policy that lets the pod in, changed or not, through a grant to itself that names it. */
function hasOwn({granted, item}: Verdict, {authorizer}: AuditContext): boolean {
  const {namespace, serviceAccount} = item.submission;
  const isIts = (subject: Grantee) =>
    subject.kind === 'ServiceAccount' &&
    subject.name === serviceAccount &&
    subject.namespace === namespace;
  return granted.some(
    ({allowed, policy: {name}}) =>
      allowed &&
      authorizer
        .grantsOf(podIdentity(namespace, serviceAccount), namespace, name)
        .some(other => other.policies !== undefined && granteesOf(other).some(isIts)),
  );
}

/** The command that takes the grant from the subjects alone; undefined if it would take other rights too. */
function takeAway(
  grant: Grant,
  subjects: readonly Grantee[],
  {inventory: {rbac}}: AuditContext,
): string | undefined {
  const {binding, policies} = grant;
  const [only, ...more] = policies ?? [];
  const role = roleAt(grant.role, rbac);
  const rules = role?.rules ?? [];
  const isJustUse = rules.every(
    rule => policiesOf(rule) !== undefined && !(rule.resources ?? []).includes('*'),
  );
  if (!isJustUse) return undefined;
  if (role !== undefined && only !== undefined && more.length === 0 && grantsJust(role, only)) {
    return unbindCommand(only, subjects, binding.namespace);
  }
  const all = granteesOf(grant);
  const isOne = ({kind, namespace, name}: Grantee) =>
    subjects.some(one => one.kind === kind && one.name === name && one.namespace === namespace);
  if (all.every(isOne)) return kubectl('delete', rbacReference(binding));
  const places = grant.subjects.flatMap((subject, index) =>
    granteesOf({subjects: [subject], binding}).some(isOne) ? [index] : [],
  );
  return patch(
    rbacReference(binding),
    places.toReversed().map(index => ({op: 'remove', path: `/subjects/${index}`})),
  );
}
