import type {JudgeSource} from '../../admission/judge.ts';
import {judgeOf} from '../../admission/judge.ts';
import type {Outcome, TrialAnswer} from './outcome.ts';
import {outcomeOf} from './outcome.ts';
import {type StandSource, type Stands, standsFor} from './stands.ts';
import {type PodToTry, podsToTry} from './trials.ts';

/** What a server made of the near misses of policies, beside what the program says. */
export interface PodVerification extends Stands {
  readonly results: readonly {readonly trial: PodToTry; readonly outcome: Outcome}[];
  /** How many pods there were to try; more than were tried if a limit was given. */
  readonly all: number;
}

/** Whether a server does what policies say; `unknown`: nothing differs, but not all could be tried. */
export type VerificationState = 'same' | 'differs' | 'unknown';

export interface VerifyOptions {
  /** The most pods to try, spread over all that there are; a plain one at each stand comes with them. */
  readonly most: number;
  /** Has the server try a pod as whoever sends it at its stand. */
  answer(trial: PodToTry): Promise<TrialAnswer>;
}

/** Tries the near misses of all policies on a server, and compares what it says with the judge of `source`. */
export async function verifyPods(
  source: JudgeSource & StandSource,
  {most, answer}: VerifyOptions,
): Promise<PodVerification> {
  // Whether the server has the classes is not what is verified.
  const judge = judgeOf(source, {areClassesThere: true});
  const found = standsFor(source);
  const all = found.stands.flatMap(stand => podsToTry(stand, source));
  const chosen = all.filter(
    ({stand}, index) => stand !== all[index - 1]?.stand || isSampled(index, most, all.length),
  );
  const results = await Promise.all(
    chosen.map(async trial => ({trial, outcome: outcomeOf(trial, await answer(trial), judge)})),
  );
  return {...found, results, all: all.length};
}

/** Whether the one at `index` is among `most` of `all`, spread evenly. */
function isSampled(index: number, most: number, all: number): boolean {
  const nth = (position: number) => Math.floor((position * most) / all);
  return all <= most || nth(index) !== nth(index - 1);
}

/** What a verification comes to. A stand at which nothing could be compared leaves it unknown. */
export function verificationState({results, stands, without}: PodVerification): VerificationState {
  if (results.some(({outcome}) => outcome.kind === 'differs')) return 'differs';
  const isOpen =
    results.length === 0 ||
    without.length > 0 ||
    results.some(({outcome}) => outcome.kind === 'untried') ||
    stands.some(
      stand =>
        !results.some(({trial, outcome}) => trial.stand === stand && outcome.kind === 'same'),
    );
  return isOpen ? 'unknown' : 'same';
}
