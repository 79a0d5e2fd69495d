import {judgeOf} from '../../admission/judge.ts';
import type {State, Verdict} from '../../admission/judgement.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Inventory, UnjudgedObject} from '../../inventory/inventory.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import {type Identity, requestIdentity} from '../../rbac/authorize.ts';
import {escapeText} from '../../report/escape.ts';
import {document} from '../../report/machine.ts';
import {printedVerdict} from '../../report/verdict.ts';
import {whyTable} from '../../report/why.ts';
import {sameStories, whyStory} from '../../report/whyStory.ts';
import {count} from '../../text.ts';
import {printMachine, warnOfNothing} from '../answer.ts';
import {load, requirePolicies} from '../input/load.ts';
import {parseSelection, requireSelectable} from '../input/selection.ts';
import {userNamed} from '../input/subjects.ts';
import {itemsMeant, parseTargets} from '../input/targets.ts';
import type {World} from '../world.ts';
import type {WhyFlags, whyFormats} from './whyFlags.ts';

/** Answers why. */
export async function runWhy(
  world: World,
  args: readonly string[],
  flags: WhyFlags,
  format: Format,
): Promise<ExitCode> {
  const select = parseSelection(flags);
  const requester = requesterOf(flags);
  const needs = {policies: true, workloads: true, caller: requester === 'caller'};
  const {inventory, namespace} = await load(world, flags, needs);
  requirePolicies(inventory);
  if (flags.requester === 'me' && inventory.caller === undefined) {
    throw new UserError(
      `--requester me: ${inventory.source} does not tell what you may use: name who creates the pods`,
    );
  }
  const targets = parseTargets(args, inventory);
  requireSelectable(targets, flags);
  const items = await select(world, flags, inventory, itemsMeant(targets, inventory, namespace));
  if (items.length === 0) warnOfNothing(world, namespace);
  const {assumeAuthorized} = flags;
  const verdicts = items.map(judgeOf(inventory, {requester, assumeAuthorized}).verdict);
  const options = {
    inventory,
    isNamed: targets.kind === 'names',
    headers: !flags.noHeaders,
    all: flags.all,
  };
  await print(world, format, verdicts, options);
  const isThere = (wanted: State) => verdicts.some(({state}) => state === wanted);
  if (flags.failOnUnknown && isThere('unknown')) return exitCodes.no;
  if (!flags.failOnDenied) return exitCodes.ok;
  if (isThere('denied')) return exitCodes.no;
  const unjudged = targets.kind === 'names' ? [] : unjudgedIn(inventory, namespace);
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
function requesterOf({
  requester,
  filename = [],
  namespace,
}: WhyFlags): Identity | 'caller' | undefined {
  if (requester === 'me') return 'caller';
  return requester === undefined && filename.length > 0
    ? 'caller'
    : identityOf(requester, namespace);
}

/**
 * The user and groups of `USER[,GROUP...]`, and the groups that the API server adds by itself
 * (v1.24, apiserver/pkg/endpoints/filters/impersonation.go).
 */
function identityOf(text: string | undefined, namespace: string | undefined): Identity | undefined {
  if (text === undefined) return undefined;
  const [user = '', ...groups] = text.split(',');
  if (user === '') throw new UserError('--requester: the user name is empty', exitCodes.usage);
  return requestIdentity(userNamed(user, namespace), groups);
}
