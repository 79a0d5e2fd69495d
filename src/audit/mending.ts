import type {Verdict} from '../admission/judgement.ts';
import type {Policy, Subject} from '../kube/objects.ts';
import {dangersOf} from '../policy/danger.ts';
import {accountOfUser, type ObjectReference, podIdentity} from '../rbac/authorize.ts';
import {type Grantee, granteesOf, isPartOf} from '../rbac/grantee.ts';
import {podMakers} from '../rbac/indirect.ts';
import type {NearFix, NearMiss} from '../rbac/nearMisses.ts';
import {isAboutPolicies} from '../rbac/nearRules.ts';
import type {AuditContext} from './context.ts';
import {fittingPolicy} from './fitting.ts';
import {bindCommand, commandLine, inTurn, kubectl, patch} from './remedies.ts';
import {roleAt, withoutPolicies} from './roleEdits.ts';
import {rbacReference} from './words.ts';

/**
 * Corrects all that is wrong with an object where somebody waits for the policies that this opens; elsewhere
 * shows, without a change, what it would come to.
 */
export function mendingCommand(misses: readonly NearMiss[], context: AuditContext): string {
  const [first] = misses;
  const fixes = misses.flatMap(({fix}) => fix ?? []);
  if (first === undefined) return '';
  const {object} = first;
  const meant = [...new Set(misses.flatMap(({policies}) => policies))];
  const known = context.policies.map(({prepared}) => prepared.name);
  const role = roleAt(object, context.inventory.rbac);
  const isOfAll = misses.some(miss => miss.isOfAll);
  if (role !== undefined && !isOfAll && !meant.some(name => known.includes(name))) {
    return withoutPolicies(object, role, name => meant.includes(name));
  }
  if (fixes.length < misses.length) return handCommand(object, context);
  const isKnown = !isOfAll && meant.every(name => known.includes(name));
  const gained = misses.flatMap(({fix}) => gainsOf(object, fix, context));
  const isSafe =
    isKnown &&
    opensNoMore(misses, context) &&
    meant.every(name => isAwaited(name, gained, context));
  return fixCommand(object, fixes, meant, isSafe);
}

/** What nobody can tell: a binding that can never be valid goes, a person looks at the rest. */
function handCommand(object: ObjectReference, {inventory}: AuditContext): string {
  const {clusterRoleBindings} = inventory.rbac;
  const binding =
    object.kind === 'ClusterRoleBinding'
      ? clusterRoleBindings.find(({metadata}) => metadata?.name === object.name)
      : undefined;
  const verb = binding?.roleRef?.kind === 'Role' ? 'delete' : 'edit';
  return kubectl(verb, rbacReference(object));
}

/** Lays a change that is not made over the cluster, and shows what it does. */
const trying = ' | kubectl psp try -A -f -';

function fixCommand(
  object: ObjectReference,
  fixes: readonly NearFix[],
  policies: readonly string[],
  isSafe: boolean,
): string {
  const [again] = fixes.flatMap(fix => (fix.kind === 'again' ? [fix] : []));
  if (again !== undefined) {
    const made = creation(object, again.role, again.subjects);
    if (!isSafe) return `${commandLine(...made, '--dry-run=client', '-o', 'yaml')}${trying}`;
    return inTurn(kubectl('delete', rbacReference(object)), commandLine(...made));
  }
  const patches = fixes.flatMap(fix => (fix.kind === 'patch' ? [fix] : []));
  const change = patches.flatMap(({steps}) => steps);
  // From the last place on, so that those of others stay right.
  const patching = patch(rbacReference(object), change.toReversed());
  const binds = patches.flatMap(({bind}) =>
    bind === undefined ? [] : policies.map(name => bindCommand(name, bind.namespace, bind.name)),
  );
  if (isSafe) return inTurn(...binds, patching);
  if (binds.length > 0) return inTurn(...binds.map(line => `${line} --dry-run`));
  return `${patching} --dry-run=server -o yaml${trying}`;
}

/** A binding of the same name, as kubectl makes it. */
function creation(
  {kind, namespace, name}: ObjectReference,
  role: ObjectReference,
  subjects: readonly Subject[],
): readonly string[] {
  const words = subjects.map(subject => {
    const home = subject.namespace || namespace || '';
    if (subject.kind === 'ServiceAccount') return `--serviceaccount=${home}:${subject.name ?? ''}`;
    return `--${subject.kind === 'Group' ? 'group' : 'user'}=${subject.name ?? ''}`;
  });
  const place = namespace === undefined ? [] : ['-n', namespace];
  return [
    'kubectl',
    'create',
    kind.toLowerCase(),
    name,
    `--${role.kind.toLowerCase()}=${role.name}`,
    ...words,
    ...place,
  ];
}

/** Who gets something by a fix, and where; undefined: in the whole cluster. */
interface Gain {
  readonly subject: Grantee;
  readonly namespace: string | undefined;
}

function gainsOf(
  object: ObjectReference,
  fix: NearFix | undefined,
  {inventory: {rbac}}: AuditContext,
): readonly Gain[] {
  const {kind, namespace, name} = object;
  const gains = (subjects: readonly Subject[], place: string | undefined): readonly Gain[] => {
    const kindOfBinding = place === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
    const binding = {kind: kindOfBinding, namespace: place, name} as const;
    return granteesOf({subjects, binding}).map(subject => ({subject, namespace: place}));
  };
  if (fix?.kind === 'again') return gains(fix.subjects, namespace);
  if (fix?.bind !== undefined) {
    const subject = {kind: 'ServiceAccount', ...fix.bind} as const;
    return [{subject, namespace: fix.bind.namespace}];
  }
  if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
    const values = fix?.steps.flatMap(({value}) => (value === undefined ? [] : [value as Subject]));
    return gains(values ?? [], namespace);
  }
  return [...rbac.clusterRoleBindings, ...rbac.roleBindings]
    .filter(({roleRef}) => roleRef?.kind === kind && roleRef.name === name)
    .filter(({metadata}) => namespace === undefined || metadata?.namespace === namespace)
    .flatMap(({metadata, subjects = []}) => gains(subjects, metadata?.namespace || undefined));
}

/**
 * Whether those who gain a policy wait for it: a pod of theirs is denied, and no other pod moves. One that
 * gives a hold on the node has to be what all of them need, as accounts, and may reach nobody else.
 */
function isAwaited(name: string, gains: readonly Gain[], context: AuditContext): boolean {
  const facts = context.policies.find(({prepared}) => prepared.name === name);
  if (facts === undefined || facts.prepared.unusable !== undefined) return false;
  const reached = [...new Set(gains.map(placeOf))]
    .flatMap(context.verdictsIn)
    .filter(verdict => gains.some(gain => reaches(gain, verdict)));
  if (!reached.some(verdict => isMissing(facts.policy, verdict))) return false;
  if (reached.some(verdict => wouldMove(name, verdict))) return false;
  if (reached.some(verdict => wouldComeOtherwise(name, gains, verdict))) return false;
  if (dangersOf(facts.policy).length === 0) return true;
  return gains.every(gain => isNeeded(facts.policy, gain, reached, context));
}

/** Where a gain may matter: an account that creates the pods of others may do so anywhere. */
function placeOf({subject, namespace}: Gain): string | undefined {
  return namespace ?? (subject.namespace === 'kube-system' ? undefined : subject.namespace);
}

function reaches({subject, namespace}: Gain, {item, requester}: Verdict): boolean {
  const {namespace: home, serviceAccount} = item.submission;
  if (namespace !== undefined && namespace !== home) return false;
  if (isPartOf(subject, podIdentity(home, serviceAccount))) return true;
  const creator = requester === undefined ? undefined : accountOfUser(requester);
  if (creator === undefined) return subject.kind === 'User' && subject.name === requester;
  return isPartOf(subject, podIdentity(creator.namespace, creator.name));
}

/** Whether a denied pod would get in by the policy, and it opens nothing severe that the pod does not need. */
function isMissing(policy: Policy, verdict: Verdict): boolean {
  return verdict.state === 'denied' && fittingPolicy(verdict, [policy]) !== undefined;
}

/** Whether a pod that gets in, or of which it is not known, would bind to the policy. */
function wouldMove(name: string, verdict: Verdict): boolean {
  const {chosen, state} = verdict;
  if (chosen === undefined) return state !== 'denied';
  const other = verdict.candidate(name);
  if (other?.allowed !== true || other.mutates) return false;
  return chosen.mutates || name < chosen.policy.name;
}

/** Whether a denied pod would get in, but by the right of who creates it, or under another policy than it had. */
function wouldComeOtherwise(name: string, gains: readonly Gain[], verdict: Verdict): boolean {
  const {state, item} = verdict;
  if (state !== 'denied' || verdict.candidate(name)?.allowed !== true) return false;
  const {namespace, serviceAccount} = item.submission;
  const identity = podIdentity(namespace, serviceAccount);
  const {admittedBy = name} = item;
  const isOwn = gains.some(
    gain =>
      (gain.namespace === undefined || gain.namespace === namespace) &&
      isPartOf(gain.subject, identity),
  );
  return admittedBy !== name || !isOwn;
}

/** Whether the roles that the corrections open, or give to others, let do nothing but use policies and look at them. */
function opensNoMore(misses: readonly NearMiss[], {inventory: {rbac}}: AuditContext): boolean {
  const mild = ['use', 'get', 'list', 'watch'];
  return misses.every(({object, fix}) => {
    const own = roleAt(object, rbac);
    const bindings = [...rbac.clusterRoleBindings, ...rbac.roleBindings];
    const binding = bindings.find(
      ({metadata}) =>
        metadata?.name === object.name && (metadata.namespace || undefined) === object.namespace,
    );
    const {kind, name = ''} = binding?.roleRef ?? {};
    const bound: ObjectReference | undefined =
      kind === 'ClusterRole'
        ? {kind, namespace: undefined, name}
        : kind === 'Role'
          ? {kind, namespace: object.namespace, name}
          : undefined;
    const given = fix?.kind === 'again' ? fix.role : bound;
    const role = own ?? (given && roleAt(given, rbac));
    return (role?.rules ?? []).every(
      rule =>
        (own !== undefined && !isAboutPolicies(rule)) ||
        (isAboutPolicies(rule) &&
          !(rule.resources ?? []).includes('*') &&
          (rule.verbs ?? []).every(verb => mild.includes(verb.toLowerCase()))),
    );
  });
}

function isNeeded(
  policy: Policy,
  {subject, namespace}: Gain,
  reached: readonly Verdict[],
  {inventory}: AuditContext,
): boolean {
  const home = subject.namespace;
  if (subject.kind !== 'ServiceAccount' || home === undefined || home === 'kube-system')
    return false;
  if (namespace !== undefined && namespace !== home) return false;
  const opened = [{policy: policy.metadata.name, namespace: home}];
  // People who may create pods there are meant to; an account that may would have the policy by that.
  const makers = podMakers(inventory.rbac, home, opened);
  if (makers.some(maker => isOrdinaryAccount(maker.subject))) return false;
  return reached.some(verdict => {
    const {submission} = verdict.item;
    const isIts = submission.namespace === home && submission.serviceAccount === subject.name;
    return isIts && isMissing(policy, verdict);
  });
}

function isOrdinaryAccount({kind, namespace}: Grantee): boolean {
  return kind === 'ServiceAccount' && namespace !== 'kube-system';
}
