import {type DryRun, type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectLabels} from '../../apply/change.ts';
import {planLabels} from '../../apply/planChange.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {labelOf} from '../../kube/reference.ts';
import type {LabelChange, LabelStep} from '../../migrate/labelChanges.ts';
import {type PodSecurityMode, podSecurityPrefix} from '../../podSecurity/labels.ts';
import {escapeText} from '../../report/escape.ts';
import {labelChangeLines, undoScript} from '../../report/migrateLabels.ts';
import {makeChanges, tellApplied, tryChanges} from '../applyChanges.ts';
import type {Cluster, World} from '../world.ts';
import {connectionWords, type MigrateRequest} from './migrateRequest.ts';

/** Sets the labels of the steps that are ready: tried, listed, asked about, all of them or none. */
export async function applyLabels(
  {world, flags, inventory}: MigrateRequest,
  stage: PodSecurityMode,
  steps: readonly LabelStep[],
): Promise<ExitCode> {
  const changes = steps.flatMap(step => (step.kind === 'change' ? [step.change] : []));
  const held = steps.filter(step => step.kind === 'held');
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  say('');
  for (const {namespace, reason} of held) say(`${namespace}: not yet, ${reason}`);
  const done = held.length > 0 ? exitCodes.no : exitCodes.ok;
  if (changes.length === 0) {
    say('Nothing to change.');
    return done;
  }
  const cluster = await world.connect(flags);
  try {
    const planned = await plannedLabels(cluster, changes);
    for (const line of changes.flatMap(labelChangeLines)) say(line);
    const tried = await tryChanges(cluster, planned);
    const surprises = tried.results.flatMap(labelSurprise);
    for (const line of [...tried.lines, ...surprises]) say(line);
    if (!tried.ok || surprises.length > 0) {
      say('Nothing was changed.');
      return exitCodes.refused;
    }
    const question = questionOf(stage, flags.back, changes.length);
    if (!flags.yes && !(await isAgreed(world, question))) {
      say('Nothing was changed.');
      return exitCodes.no;
    }
    const time = world.now();
    const undo = `psp-undo-labels-${time.replace(/[-:]/g, '')}.sh`;
    const head = {time, source: inventory.source, again: connectionWords(flags)};
    await world.writeFile(undo, undoScript(changes, head), false);
    const code = await makeLabels(world, cluster, planned, undo);
    return code === exitCodes.ok ? done : code;
  } finally {
    cluster.close();
  }
}

/** Makes the changes, and says what undoes what stands. */
async function makeLabels(
  world: World,
  cluster: Cluster,
  planned: readonly PlannedChange[],
  undo: string,
): Promise<ExitCode> {
  const applied = await makeChanges(world, cluster, planned, {isSaved: true});
  const code = tellApplied(world, applied, line => world.print(`${escapeText(line)}\n`));
  if (applied.outcome === 'applied' || applied.outcome === 'partly') {
    world.print(`To take it back: sh ${undo}\n`);
  }
  return code;
}

/** The namespaces as they are now; throws if their labels are no longer those that were judged. */
export async function plannedLabels(
  cluster: Cluster,
  changes: readonly LabelChange[],
): Promise<readonly PlannedChange[]> {
  const planned: PlannedChange[] = [];
  for (const change of changes) {
    const {namespace, was, set} = change;
    const raw = await readObject(cluster, `/api/v1/namespaces/${encodeURIComponent(namespace)}`);
    if (raw === undefined) {
      throw new UserError(`nothing was changed: namespace ${namespace} is gone`, exitCodes.refused);
    }
    const other = Object.keys(was).find(key => objectLabels(raw)[key] !== was[key]);
    if (other !== undefined) {
      const label = other.replace(podSecurityPrefix, '');
      throw new UserError(
        `nothing was changed: somebody has set ${label} of namespace ${namespace} meanwhile: read it again`,
        exitCodes.refused,
      );
    }
    planned.push(planLabels(raw, set));
  }
  return planned;
}

/** A label of Pod Security that the server would store otherwise, as if a webhook writes it. */
export function labelSurprise(result: DryRun): readonly string[] {
  if (!result.ok) return [];
  const {change, stored} = result;
  const wanted = objectLabels(change.desired);
  const other = Object.keys({...wanted, ...objectLabels(stored)}).find(
    key => key.startsWith(podSecurityPrefix) && wanted[key] !== objectLabels(stored)[key],
  );
  if (other === undefined) return [];
  return [`${labelOf(change)} would not get its label ${other} as wanted: something rewrites it`];
}

/** A question, and the answers that mean yes. */
export interface TypedQuestion {
  readonly text: string;
  readonly answer: RegExp;
}

/** Labels that only warn are asked about in passing; those that refuse, or no longer do, are not. */
function questionOf(stage: PodSecurityMode, isBack: boolean, namespaces: number): TypedQuestion {
  const what = `${isBack ? 'Take away' : 'Set'} these labels of ${namespaces} ${namespaces === 1 ? 'namespace' : 'namespaces'}?`;
  if (stage !== 'enforce' || namespaces === 1) return {text: `${what} [y/N] `, answer: /^y(es)?$/i};
  const effect = isBack
    ? 'What they refuse will be let in again.'
    : 'Pods above the levels will be refused.';
  return {
    text: `${effect} ${what} Type the number of namespaces to go on: `,
    answer: new RegExp(`^${namespaces}$`),
  };
}

/** Asks; without a terminal it throws, and nothing is changed. */
export async function isAgreed(world: World, {text, answer}: TypedQuestion): Promise<boolean> {
  const given = await world.ask(text);
  if (given === undefined) {
    throw new UserError(
      'nothing was changed: there is no terminal to ask on; --yes applies without asking',
      exitCodes.usage,
    );
  }
  return answer.test(given.trim());
}
