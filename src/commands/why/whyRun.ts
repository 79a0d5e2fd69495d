import {judgeOf} from '../../admission/judge.ts';
import type {State, Verdict} from '../../admission/judgement.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Inventory, UnjudgedObject} from '../../inventory/inventory.ts';
import {isOfKind, kindOf} from '../../inventory/kinds/kindOf.ts';
import {type Item, itemOfPod, itemOfWorkload, itemsOf} from '../../inventory/submissions/items.ts';
import {submissionsOf} from '../../inventory/submissions/submissions.ts';
import {parseSelector} from '../../kube/labelSelector.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import {type Identity, requestIdentity} from '../../rbac/authorize.ts';
import {escapeText} from '../../report/escape.ts';
import {document} from '../../report/machine.ts';
import {printedVerdict} from '../../report/verdict.ts';
import {nameOf, whyTable} from '../../report/why.ts';
import {sameStories, whyStory} from '../../report/whyStory.ts';
import {count} from '../../text.ts';
import {printMachine, warnOfNothing} from '../answer.ts';
import {load, requirePolicies} from '../input/load.ts';
import type {World} from '../world.ts';
import type {WhyFlags, whyFormats} from './whyFlags.ts';

/** Answers why. */
export async function runWhy(
  world: World,
  args: readonly string[],
  flags: WhyFlags,
  format: Format,
): Promise<ExitCode> {
  const hasSelector = flags.selector !== undefined;
  if (hasSelector && args.length > 0) {
    throw new UserError('name pods or give -l, not both', exitCodes.usage);
  }
  const matches = parseSelector(flags.selector ?? '');
  const requester = requesterOf(flags);
  const needs = {policies: true, workloads: true, caller: requester === 'caller'};
  const {inventory, namespace} = await load(world, flags, needs);
  requirePolicies(inventory);
  if (flags.requester === 'me' && inventory.caller === undefined) {
    throw new UserError(
      `--requester me: ${inventory.source} does not tell what you may use: name who creates the pods`,
    );
  }
  const items =
    args.length > 0
      ? args.flatMap(name => named(inventory, name, namespace))
      : itemsIn(inventory, namespace).filter(({labels}) => matches(labels));
  if (items.length === 0) warnOfNothing(world, namespace);
  const {assumeAuthorized} = flags;
  const verdicts = items.map(judgeOf(inventory, {requester, assumeAuthorized}).verdict);
  const options = {inventory, isNamed: args.length > 0, headers: !flags.noHeaders, all: flags.all};
  await print(world, format, verdicts, options);
  const isThere = (wanted: State) => verdicts.some(({state}) => state === wanted);
  if (flags.failOnUnknown && isThere('unknown')) return exitCodes.no;
  if (!flags.failOnDenied) return exitCodes.ok;
  if (isThere('denied')) return exitCodes.no;
  const unjudged = args.length > 0 ? [] : unjudgedIn(inventory, namespace);
  if (unjudged.length === 0 || flags.allowUnread) return exitCodes.ok;
  world.warn(
    `error: --fail-on-denied: ${count(unjudged.length, 'object')} not judged: --allow-unread lets that pass`,
  );
  return exitCodes.unreadable;
}

function unjudgedIn({unjudged}: Inventory, wanted: string | undefined): readonly UnjudgedObject[] {
  return unjudged.filter(({namespace}) => wanted === undefined || namespace === wanted);
}

/** As kubectl's -o name has it. */
function resourceName(item: Item): string {
  return `${kindText(item).toLowerCase()}/${item.name}`;
}

type Format = (typeof whyFormats)[number];

interface PrintOptions {
  readonly inventory: Inventory;
  /** Whether pods were asked for by name: then people get the whole story. */
  readonly isNamed: boolean;
  readonly headers: boolean;
  /** Whether policies that a pod may not use are told as well. */
  readonly all: boolean;
}

async function print(
  world: World,
  format: Format,
  verdicts: readonly Verdict[],
  options: PrintOptions,
): Promise<void> {
  if (format === 'json' || format === 'yaml') {
    const {gaps, unjudged} = options.inventory;
    const answer = {
      ...document('Why', verdicts.map(printedVerdict), gaps),
      unjudged: unjudged.length > 0 && !options.isNamed ? unjudged : undefined,
    };
    await printMachine(world, format, answer);
  } else if (options.isNamed && format !== 'name') {
    const wide = format === 'wide';
    const stories = sameStories(verdicts);
    world.print(stories.map(each => whyStory(each, {wide, all: wide || options.all})).join('\n'));
  } else printList(world, format, verdicts, options);
}

/** A line for each. */
function printList(
  world: World,
  format: Format,
  verdicts: readonly Verdict[],
  {headers}: PrintOptions,
): void {
  if (format === 'name') {
    for (const {item} of verdicts) world.print(`${escapeText(resourceName(item))}\n`);
  } else if (verdicts.length > 0) {
    world.print(whyTable(verdicts, {wide: format === 'wide', headers}));
  }
}

/** Who creates bare pods: for files it is the caller, who is about to apply them, if nothing else is said. */
function requesterOf({requester, filename = []}: WhyFlags): Identity | 'caller' | undefined {
  if (requester === 'me') return 'caller';
  return requester === undefined && filename.length > 0 ? 'caller' : identityOf(requester);
}

/**
 * The user and groups of `USER[,GROUP...]`, and the groups that the API server adds by itself
 * (v1.24, apiserver/pkg/endpoints/filters/impersonation.go).
 */
function identityOf(text: string | undefined): Identity | undefined {
  if (text === undefined) return undefined;
  const [user = '', ...groups] = text.split(',');
  if (user === '') throw new UserError('--requester: the user name is empty', exitCodes.usage);
  return requestIdentity(user, groups);
}

/** All rows of an answer about the namespace; undefined is all namespaces. */
function itemsIn(inventory: Inventory, namespace: string | undefined): readonly Item[] {
  return itemsOf(inventory).filter(item => namespace === undefined || item.namespace === namespace);
}

/** The pods or workloads that an argument like `web-0`, `pod/web-0` or `deploy/web` means. */
function named(
  inventory: Inventory,
  argument: string,
  namespace: string | undefined,
): readonly Item[] {
  const [first = '', second] = argument.split('/');
  const kind = second === undefined ? 'Pod' : kindOf(first);
  const name = second ?? first;
  const submissions = submissionsOf(inventory);
  const isMeant = (metadata: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
  }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace);
  const found =
    kind === 'Pod'
      ? inventory.pods
          .filter(({metadata}) => isMeant(metadata))
          .map(pod => itemOfPod(pod, submissions))
      : inventory.workloads
          .filter(workload => isOfKind(workload, first))
          .map(workload => itemOfWorkload(workload, submissions))
          .filter(
            item =>
              isMeant(item.workload?.metadata ?? {}) ||
              isMeant({...item.workload?.metadata, name: item.name}),
          );
  if (found.length > 0) return found;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const near = itemsOf(inventory).filter(
    item => item.name.startsWith(name) && (namespace === undefined || item.namespace === namespace),
  );
  const hint = near.length > 0 ? `; did you mean ${near.slice(0, 3).map(nameOf).join(', ')}?` : '';
  throw new UserError(`${kind} ${JSON.stringify(name)} not found${where}${hint}`);
}
