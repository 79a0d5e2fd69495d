import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {rbacKinds} from '../../inventory/gaps.ts';
import {decidingSpec, type Inventory} from '../../inventory/inventory.ts';
import {askedIn} from '../../inventory/native/nativeHome.ts';
import {isByLabels} from '../../inventory/regime.ts';
import {serviceAccountOf} from '../../kube/pod.ts';
import {labelOf} from '../../kube/reference.ts';
import {type Authorizer, authorizerOf} from '../../rbac/authorize.ts';
import {danglingNotes} from '../../rbac/dangling.ts';
import {type Account, expandGroup} from '../../rbac/expand.ts';
import {unreadRbac} from '../../rbac/unreadRbac.ts';
import {type UseRight, type WhoCanQuestion, whoCan} from '../../rbac/whoCan.ts';
import {document} from '../../report/machine.ts';
import {
  indirectTable,
  printedIndirect,
  printedRight,
  type WhoCanRow,
  whoCanTable,
} from '../../report/whoCan.ts';
import {byText} from '../../text.ts';
import {printMachine} from '../answer.ts';
import {load, policyNamed, requireNamespace, requirePolicies} from '../input/load.ts';
import {isPolicyKind, policyName} from '../input/policyArgument.ts';
import {identityOfSubjects} from '../input/subjects.ts';
import type {World} from '../world.ts';
import type {WhoCanFlags, whoCanFormats} from './whoCanFlags.ts';

type Format = (typeof whoCanFormats)[number];

/** Answers who-can. */
export async function runWhoCan(
  world: World,
  args: readonly string[],
  flags: WhoCanFlags,
  format: Format,
): Promise<ExitCode> {
  const wanted = policyArgument(args);
  const identity = identityOfSubjects(flags.subject, flags.namespace);
  const everywhere = identity !== undefined && flags.namespace === undefined;
  const scope = {...flags, allNamespaces: flags.allNamespaces || everywhere};
  const needs = {
    policies: true,
    workloads: false,
    caller: false,
    accounts: flags.expand,
  };
  const {inventory, namespace} = await load(world, scope, needs);
  if (wanted === undefined && isByLabels(inventory)) {
    const {whoMayRelabel} = await import('./whoCanByLabels.ts');
    const headers = !flags.noHeaders;
    return whoMayRelabel(world, inventory, {namespace, identity, format, headers});
  }
  requirePolicies(inventory);
  requireNamespace(inventory, flags.namespace);
  const policies = choosePolicies(inventory, wanted);
  const authorizer = authorizerOf(inventory.rbac);
  const question = {policies, namespace, identity, asked: askedIn(inventory)};
  // What lies behind a snapshot may be another cluster than the one that could be asked.
  const isLive = !flags.demo && flags.from.length === 0;
  const known = whoCan(authorizer, question);
  const answered =
    isLive && isRbacUnreadable(inventory)
      ? await (await import('./whoCanServer.ts')).askServer(world, scope, question, inventory)
      : [];
  const rights = [...known, ...answered].sort((one, other) => byText(one.policy, other.policy));
  const rows = rights.map(right => ({right, expansion: expansionOf(right, inventory, flags)}));
  await print(
    world,
    rows,
    {...flags, format, headers: !flags.noHeaders, question, authorizer},
    inventory,
  );
  if (!flags.verify) return exitCodes.ok;
  if (isLive && isRbacUnreadable(inventory)) {
    world.warn("verified: the answers about that subject are the server's own");
    return exitCodes.ok;
  }
  const {verify} = await import('./whoCanServer.ts');
  return verify(world, scope, {authorizer, rights, identity, namespace}, inventory);
}

// biome-ignore format: names, several a line
const verbs = new Set([
  'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection',
  'bind', 'escalate', 'impersonate', 'approve', 'sign', '*',
]);

/** The policy that is asked about: after `use`, after `psp` as kubectl names the kind, or alone. */
function policyArgument(args: readonly string[]): string | undefined {
  const [first = ''] = args;
  if (verbs.has(first) && args.length > 1) {
    throw new UserError(
      `who-can ${args.join(' ')}: this is about the use of policies; for the rest: kubectl auth can-i ${args.join(' ')} --as USER`,
      exitCodes.usage,
    );
  }
  const named = first === 'use' ? args.slice(1) : args;
  const [policy, ...more] = named.length > 1 && isPolicyKind(named[0]) ? named.slice(1) : named;
  if (more.length > 0) {
    throw new UserError(`who-can takes one policy, got ${args.join(' ')}`, exitCodes.usage);
  }
  return policy === undefined ? undefined : policyName(policy);
}

/** The policy of the name; all of them for kubectl's name for the kind, unless one has just that name. */
function choosePolicies(inventory: Inventory, wanted: string | undefined): readonly string[] {
  const names = inventory.policies.map(({metadata}) => metadata.name);
  if (wanted === undefined || (isPolicyKind(wanted) && !names.includes(wanted))) return names;
  return [policyNamed(inventory, wanted).metadata.name];
}

function isRbacUnreadable({gaps}: Inventory): boolean {
  const needed = ['clusterroles', 'clusterrolebindings'];
  return gaps.some(({resource}) => needed.includes(resource));
}

/** Whether more roles or bindings than were read may count in the namespace, or in any. */
function isPartial(inventory: Inventory, namespace: string | undefined): boolean {
  const unread = unreadRbac(inventory);
  return namespace === undefined ? unread.isAny : unread.needs(namespace).length > 0;
}

/** Without a row: nobody, or nobody known. */
function nobodyText(gaps: Inventory['gaps']): string {
  const isRead = rbacKinds.every(({plural}) => gaps.every(({resource}) => resource !== plural));
  return isRead
    ? 'No subject may use it here.'
    : 'Who may use it here is unknown: nothing that was read lets a subject use it.';
}

function expansionOf(
  {subject, namespace}: UseRight,
  inventory: Inventory,
  {expand}: Pick<WhoCanFlags, 'expand'>,
): WhoCanRow['expansion'] {
  return expand ? expandGroup(subject, namespace, accountsOf(inventory)) : [];
}

function accountsOf({serviceAccounts, pods}: Inventory): readonly Account[] {
  const byAccount = Map.groupBy(
    pods,
    pod => `${pod.metadata.namespace}/${serviceAccountOf({spec: decidingSpec(pod)}) || 'default'}`,
  );
  return serviceAccounts.map(({metadata}) => {
    const {namespace = '', name = ''} = metadata ?? {};
    const running = byAccount.get(`${namespace}/${name}`) ?? [];
    return {namespace, name, pods: running.map(pod => pod.metadata.name ?? '').sort()};
  });
}

interface PrintOptions {
  readonly format: Format;
  readonly headers: boolean;
  readonly indirect: boolean;
  readonly question: WhoCanQuestion;
  readonly authorizer: Authorizer;
}

async function print(
  world: World,
  rows: readonly WhoCanRow[],
  {format, headers, indirect, question, authorizer}: PrintOptions,
  inventory: Inventory,
): Promise<void> {
  const {rbac, gaps, policies} = inventory;
  const names = policies.map(({metadata}) => metadata.name);
  const notes = danglingNotes(rbac, authorizer, names, {
    namespace: question.namespace,
    unread: unreadRbac(inventory),
  });
  const powers = indirect
    ? (await import('./whoCanIndirect.ts')).indirectPowers(inventory, question, authorizer)
    : [];
  switch (format) {
    case 'json':
    case 'yaml': {
      const answer = {
        ...document('WhoCan', rows.map(printedRight), gaps),
        indirect: indirect ? powers.map(printedIndirect) : undefined,
        notes,
      };
      await printMachine(world, format, answer);
      return;
    }
    case 'name':
      for (const name of new Set(rows.map(({right}) => labelOf(right.subject)))) {
        world.print(`${name.replace(/^(\w+) /, (_, kind: string) => `${kind.toLowerCase()}/`)}\n`);
      }
      return;
    case 'table':
    case 'wide':
      if (rows.length === 0) world.warn(nobodyText(gaps));
      else {
        world.print(whoCanTable(rows, {wide: format === 'wide', headers}));
        if (isPartial(inventory, question.namespace)) {
          world.warn(
            'note: more subjects may be able to: not all roles and bindings could be read',
          );
        }
      }
      if (indirect && powers.length === 0) world.warn('Nobody could get it by other rights.');
      else if (indirect) world.print(`\n${indirectTable(powers, headers)}`);
      for (const note of notes) world.warn(`note: ${note}`);
  }
}
