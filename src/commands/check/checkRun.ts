import {answerCheck} from '../../check/answerCheck.ts';
import {checkFactsOf, readCheckFacts} from '../../check/checkFacts.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {isAbsence} from '../../inventory/gaps.ts';
import {checkDocument, checkText} from '../../report/check.ts';
import {printMachine} from '../answer.ts';
import {loadOffline, requireConsistentSource, warnOfGaps, withCluster} from '../input/load.ts';
import type {World} from '../world.ts';
import type {CheckFlags, checkFormats} from './checkFlags.ts';

const exitCodeOf: Readonly<Record<'yes' | 'no' | 'unknown', ExitCode>> = {
  yes: exitCodes.ok,
  no: exitCodes.no,
  unknown: exitCodes.unreadable,
};

/** Answers check. */
export async function runCheck(
  world: World,
  flags: CheckFlags,
  format: (typeof checkFormats)[number],
): Promise<ExitCode> {
  requireConsistentSource(flags);
  const offline = await loadOffline(world, flags);
  const facts =
    offline === undefined
      ? await withCluster(world, flags, (cluster, wanted) =>
          readCheckFacts(cluster, wanted ?? cluster.namespace),
        )
      : checkFactsOf(offline, flags.namespace ?? offline.defaultNamespace);
  warnOfGaps(world, {gaps: facts.gaps.filter(gap => !isAbsence(gap))}, flags);
  const answer = answerCheck(facts);
  if (format === 'table') world.print(checkText(answer, facts));
  else await printMachine(world, format, checkDocument(answer, facts.rights, facts.gaps));
  return exitCodeOf[answer.inForce];
}
