import {judgeOf} from '../../admission/judge.ts';
import type {State} from '../../admission/judgement.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Inventory, UnjudgedObject} from '../../inventory/inventory.ts';
import {unreadPlaces} from '../../inventory/unreadPlaces.ts';
import {type Identity, requestIdentity} from '../../rbac/authorize.ts';
import {count} from '../../text.ts';
import {admissionOff, printedAdmission, warnOfAdmission} from '../admissionOff.ts';
import {warnOfNothing} from '../answer.ts';
import {load, requireReadPolicies} from '../input/load.ts';
import {requireLive} from '../input/requireLive.ts';
import {parseSelection, requireSelectable} from '../input/selection.ts';
import {userNamed} from '../input/subjects.ts';
import {itemsMeant, parseTargets} from '../input/targets.ts';
import type {World} from '../world.ts';
import type {WhyFlags} from './whyFlags.ts';
import {printWhy, type WhyFormat} from './whyPrint.ts';

/** Answers why. */
export async function runWhy(
  world: World,
  args: readonly string[],
  flags: WhyFlags,
  format: WhyFormat,
): Promise<ExitCode> {
  if (flags.watch) requireWatchable(flags);
  const select = parseSelection(flags);
  const requester = requesterOf(flags);
  const needs = {policies: true, workloads: true, caller: requester === 'caller'};
  const {inventory, namespace} = await load(world, flags, needs);
  requireReadPolicies(inventory);
  if (flags.requester === 'me' && inventory.caller === undefined) {
    throw new UserError(
      `--requester me: ${inventory.source} does not tell what you may use: name who creates the pods`,
    );
  }
  const targets = parseTargets(args, inventory);
  requireSelectable(targets, flags);
  const {assumeAuthorized} = flags;
  const judge = async (now: Inventory) => {
    const items = await select(world, flags, now, itemsMeant(targets, now, namespace));
    return items.map(judgeOf(now, {requester, assumeAuthorized}).verdict);
  };
  const verdicts = await judge(inventory);
  if (verdicts.length === 0) warnOfNothing(world, namespace, inventory);
  const isNamed = targets.kind === 'names';
  const off = await admissionOff(inventory);
  warnOfAdmission(world, off, 'this tells');
  const options = {...flags, inventory, format, isNamed, admission: printedAdmission(off)};
  await printWhy(world, verdicts, options);
  if (flags.watch) {
    const {watchWhy} = await import('./whyWatch.ts');
    return watchWhy(world, flags, {options, verdicts, judge});
  }
  const isThere = (wanted: State) => verdicts.some(({state}) => state === wanted);
  const places = namespace === undefined ? undefined : new Set([namespace]);
  const isUnread = !isNamed && unreadPlaces(inventory, places) !== undefined;
  if (flags.failOnUnknown && (isThere('unknown') || isUnread)) return exitCodes.no;
  if (!flags.failOnDenied) return exitCodes.ok;
  if (isThere('denied')) return exitCodes.no;
  const unjudged = isNamed ? [] : unjudgedIn(inventory, namespace);
  if (unjudged.length === 0 || flags.allowUnread) return exitCodes.ok;
  world.warn(
    `error: --fail-on-denied: ${count(unjudged.length, 'object')} not judged: --allow-unread lets that pass`,
  );
  return exitCodes.unreadable;
}

function unjudgedIn({unjudged}: Inventory, wanted: string | undefined): readonly UnjudgedObject[] {
  return unjudged.filter(({namespace}) => wanted === undefined || namespace === wanted);
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

/** What -w makes no sense with. */
function requireWatchable(flags: WhyFlags): void {
  requireLive(flags);
  const ended =
    (flags.failOnDenied && '--fail-on-denied') || (flags.failOnUnknown && '--fail-on-unknown');
  if (!ended) return;
  throw new UserError(`-w goes on for ever: leave out ${ended}`, exitCodes.usage);
}
