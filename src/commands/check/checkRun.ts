import {answerCheck, type CheckAnswer, podSecurityOf} from '../../check/answerCheck.ts';
import {type CheckFacts, checkFactsOf, readCheckFacts} from '../../check/checkFacts.ts';
import type {CompareNative} from '../../check/checkNative.ts';
import {type Upgrade, upgradeOf} from '../../effect/upgrade.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {isAbsence} from '../../inventory/gaps.ts';
import type {Gap, Inventory} from '../../inventory/inventory.ts';
import {readCluster} from '../../inventory/read/readCluster.ts';
import {lastRelease, minorOf} from '../../kube/release.ts';
import {checkDocument, checkText, type Outlook} from '../../report/check.ts';
import {printMachine} from '../answer.ts';
import {
  checkedNative,
  loadOffline,
  requireConsistentSource,
  warnOfGaps,
  withCluster,
} from '../input/load.ts';
import {laterRelease, nextRelease} from '../input/release.ts';
import {wantedStatics} from '../input/staticPolicies.ts';
import type {World} from '../world.ts';
import type {CheckFlags, checkFormats} from './checkFlags.ts';

const exitCodeOf: Readonly<Record<'yes' | 'no' | 'unknown', ExitCode>> = {
  yes: exitCodes.ok,
  no: exitCodes.no,
  unknown: exitCodes.unreadable,
};

interface Checked {
  readonly facts: CheckFacts;
  readonly answer: CheckAnswer;
  readonly outlook: Outlook;
  /** What could not be read, for the answer and for the outlook. */
  readonly gaps: readonly Gap[];
}

/** Answers check. */
export async function runCheck(
  world: World,
  flags: CheckFlags,
  format: (typeof checkFormats)[number],
): Promise<ExitCode> {
  requireConsistentSource(flags);
  const statics = await wantedStatics(world, flags);
  const read = await loadOffline(world, flags);
  const offline = read && (await checkedNative(read));
  const {facts, answer, outlook, gaps} =
    offline === undefined
      ? await withCluster(world, flags, async (cluster, wanted) => {
          const place = wanted ?? cluster.namespace;
          const facts = await readCheckFacts(cluster, place, {compare: compareNative, statics});
          return checkedOf(facts, flags, () =>
            readCluster(cluster, {
              ...everything,
              namespace: undefined,
              home: flags.namespace,
              time: world.now(),
            }),
          );
        })
      : await checkedOf(
          checkFactsOf(offline, flags.namespace ?? offline.defaultNamespace),
          flags,
          async () => offline,
        );
  warnOfGaps(world, {gaps: gaps.filter(gap => !isAbsence(gap))}, flags);
  if (format === 'table') world.print(checkText(answer, facts, outlook));
  else await printMachine(world, format, checkDocument(answer, {...facts, gaps}, outlook));
  const plugin = podSecurityOf(answer);
  if (plugin === undefined) return exitCodeOf[answer.inForce];
  return plugin === 'no' ? exitCodes.no : exitCodes.ok;
}

/** Loaded where there is something to compare. */
const compareNative: CompareNative = async objects => {
  const {nativeFactsOf} = await import('../../migrate/native/nativeDrift.ts');
  return nativeFactsOf(objects);
};

const everything = {
  policies: true,
  workloads: true,
  caller: false,
  whole: true,
  everywhere: true,
} as const;

/** `inventory` is read only if an outlook takes it. */
async function checkedOf(
  facts: CheckFacts,
  {to: wanted}: Pick<CheckFlags, 'to'>,
  inventory: () => Promise<Inventory>,
): Promise<Checked> {
  const named = laterRelease('--to', wanted, facts.release);
  const answer = answerCheck(facts);
  const to = named ?? nextRelease(facts.release);
  if (to === undefined) {
    const isLast = minorOf(facts.version) === lastRelease;
    return {facts, answer, outlook: isLast ? {kind: 'end'} : {kind: 'none'}, gaps: facts.gaps};
  }
  if (answer.inForce === 'no' && named === undefined) {
    return {facts, answer, outlook: {kind: 'none'}, gaps: facts.gaps};
  }
  const read = await inventory();
  return {facts, answer, outlook: outlookOf(read, to), gaps: joined(facts.gaps, read.gaps)};
}

function outlookOf(inventory: Inventory, to: Upgrade['to']): Outlook {
  const arePoliciesRead = inventory.gaps.every(({resource}) => resource !== 'podsecuritypolicies');
  return arePoliciesRead ? {kind: 'upgrade', ...upgradeOf(inventory, to)} : {kind: 'unread', to};
}

function joined(some: readonly Gap[], more: readonly Gap[]): readonly Gap[] {
  const key = ({resource, namespace = ''}: Gap) => `${resource} ${namespace}`;
  const known = new Set(some.map(key));
  return [...some, ...more.filter(gap => !known.has(key(gap)))];
}
