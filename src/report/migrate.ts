import type {Item} from '../inventory/submissions/items.ts';
import {compact, pointer} from '../kube/edits.ts';
import {labelOf} from '../kube/reference.ts';
import {minorOf} from '../kube/release.ts';
import type {MigrationPlan, NamespacePlan, PlanProblem, PolicyPlan} from '../migrate/plan.ts';
import type {ForAllPods} from '../migrate/policyLevels.ts';
import {podSecurityModes, podSecurityPrefix} from '../podSecurity/labels.ts';
import {standardVersionText} from '../podSecurity/version.ts';
import {count} from '../text.ts';
import {escapeText} from './escape.ts';
import {clusterText, printedCluster, releaseText} from './migrateCluster.ts';
import {table} from './table.ts';

/** How a plan is printed. */
export interface PlanOptions {
  /** Also each policy's relation to the levels, and what policies set that is lost. */
  readonly wide: boolean;
  readonly headers: boolean;
  /** The flags that name the source and scope again. */
  readonly again: readonly string[];
  /** Whether it is of a cluster that can be changed. */
  readonly isLive: boolean;
}

/** The plan for people: the step, a line a namespace, what breaks and what can't be told, what to type next. */
export function planText(plan: MigrationPlan, options: PlanOptions): string {
  const {step, namespaces, cluster} = plan;
  const {wide, headers, isLive} = options;
  const header = ['NAMESPACE', 'STAGE', 'WORKLOADS', 'WITH PSP', 'WITHOUT', 'PATCHES', 'BREAKS'];
  const rows = namespaces.map(one => [...rowOf(one), ...(wide ? [labelsCell(one)] : [])]);
  const breaks = [
    ...namespaces.flatMap(one => one.breaks),
    ...cluster.releases.map(release => escapeText(releaseText(release))),
  ];
  const next = nextLine(plan, options);
  const doubts = namespaces.flatMap(one => one.doubts);
  const refused = refusedIn(plan);
  const parts = [
    `${wayText(plan)}: ${step.says}.\n`,
    table(headers ? [...header, ...(wide ? ['LABELS'] : [])] : undefined, rows),
    ...(wide ? [policiesTable(plan.policies(), headers)] : []),
    problemsText('Breaks', breaks),
    problemsText(refusedTitle, wide ? refused : shortened(refused)),
    problemsText("Can't be told", wide ? doubts : shortened(doubts)),
    clusterText(cluster, isLive, wide),
    `${verdictText(plan)}\n${next === undefined ? noNextText(plan) : `Next: ${next}`}\n`,
  ];
  return parts.filter(part => part !== '').join('\n');
}

/** `From v1.24.17 to v1.25`; `At v1.37.2` where the server is of that version already. */
function wayText({step, serverVersion}: MigrationPlan): string {
  const to = standardVersionText(step.to);
  if (serverVersion === undefined) return `To ${to}`;
  const server = escapeText(serverVersion);
  return isThere(serverVersion, step.to) ? `At ${server}` : `From ${server} to ${to}`;
}

/** What a page about a plan is called; not escaped. */
export function wayTitle({step, serverVersion}: MigrationPlan): string {
  const to = standardVersionText(step.to);
  const way =
    serverVersion === undefined
      ? `to ${to}`
      : isThere(serverVersion, step.to)
        ? `at ${serverVersion}`
        : `from ${serverVersion} to ${to}`;
  return `The way off PodSecurityPolicies ${way}`;
}

/** Whether the server has come to the version. */
function isThere(serverVersion: string, to: number): boolean {
  return (minorOf(serverVersion) ?? 0) >= to;
}

function rowOf(plan: NamespacePlan): readonly string[] {
  const {namespace, workloads, now, after, patches, breaks} = plan;
  return [
    namespace,
    plan.labels === undefined ? 'not read' : (plan.stage ?? ''),
    String(workloads.length),
    now ?? '',
    `${after ?? ''}${plan.isUncertain ? '?' : ''}`,
    String(patches.length),
    String(breaks.length),
  ];
}

/** `enforce=baseline:v1.25,warn=restricted`. */
function labelsCell({labels}: NamespacePlan): string {
  if (labels === undefined) return 'not read';
  return podSecurityModes
    .toReversed()
    .flatMap(mode => {
      const level = labels[podSecurityPrefix + mode];
      const version = labels[`${podSecurityPrefix}${mode}-version`];
      if (level === undefined) return [];
      return [`${mode}=${level}${version === undefined ? '' : `:${version}`}`];
    })
    .join(',');
}

function problemsText(title: string, problems: readonly (PlanProblem | string)[]): string {
  if (problems.length === 0) return '';
  const lines = problems.map(problem =>
    typeof problem === 'string' ? problem : escapeText(`${labelOf(problem.item)}: ${problem.says}`),
  );
  return `${title}:\n${lines.map(line => `  ${line}\n`).join('')}`;
}

const shown = 5;

function shortened(problems: readonly PlanProblem[]): readonly (PlanProblem | string)[] {
  if (problems.length <= shown + 1) return problems;
  return [...problems.slice(0, shown), `and ${problems.length - shown} more: see -o wide`];
}

/** What the levels of namespaces refuse already, wherever they do. */
export function refusedIn({namespaces}: MigrationPlan): readonly PlanProblem[] {
  return namespaces.flatMap(one => one.refused);
}

/** The title of these. */
export const refusedTitle = 'Refused already by the level of their namespace';

/** What the plan comes to, in a sentence. */
export function verdictText(plan: MigrationPlan): string {
  const {
    state,
    namespaces,
    cluster: {releases},
  } = plan;
  const refused = new Set(refusedIn(plan).map(({item}) => item)).size;
  const broken = new Set(namespaces.flatMap(({breaks}) => breaks.map(({item}) => item)));
  const doubtful = new Set(namespaces.flatMap(({doubts}) => doubts.map(({item}) => item)));
  if (state === 'breaks') {
    const words = [
      ...(broken.size > 0 ? [count(broken.size, 'workload')] : []),
      ...(releases.length > 0 ? [count(releases.length, 'Helm release')] : []),
    ];
    return `${words.join(' and ')} would break.`;
  }
  const known =
    refused > 0
      ? `${count(refused, 'workload')} ${refused === 1 ? 'is' : 'are'} refused already`
      : '';
  if (state === 'fine') return known === '' ? 'Nothing breaks.' : `Nothing more breaks; ${known}.`;
  const about =
    doubtful.size > 0 ? `of ${count(doubtful.size, 'workload')}` : 'of what was not read';
  const rest = `${about} it can't be told`;
  return `Nothing ${known === '' ? 'is known to break' : `more is known to break; ${known}`}; ${rest}.`;
}

/**
 * What to do next: patches while something lives on policies, then labels, a stage after the other, then
 * the runbook's rest of the way. Undefined if nothing is left to do, or nothing is known.
 */
export function nextLine(
  plan: MigrationPlan,
  {again, isLive}: Pick<PlanOptions, 'again' | 'isLive'>,
): string | undefined {
  const {namespaces, hasPolicies} = plan;
  if (isBlank(plan)) return undefined;
  const line = (...words: readonly string[]) =>
    shellLine(['kubectl', 'psp', 'migrate', ...words, ...again]);
  if (namespaces.some(({patches}) => patches.length > 0)) return line('patches', '--for', 'psp');
  const reached = Math.min(
    ...namespaces.map(({stage}) => (stage === undefined ? 0 : podSecurityModes.indexOf(stage) + 1)),
  );
  const stage = podSecurityModes[reached];
  if (stage !== undefined) return line('labels', '--stage', stage, ...(isLive ? ['--apply'] : []));
  return hasPolicies ? line('runbook') : undefined;
}

/** What to say in place of a next step. */
export function noNextText(plan: MigrationPlan): string {
  return isBlank(plan) ? 'What comes next depends on what was not read.' : 'There is no next step.';
}

/** Whether no namespace is known, and there may be some. */
function isBlank({namespaces, state}: MigrationPlan): boolean {
  return namespaces.length === 0 && state === 'unknown';
}

/** A command line for a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words
    .map(word =>
      /^[\w@%+=:,./-]+$/.test(word)
        ? word
        : `'${escapeText(word).replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ');
}

function policiesTable(policies: readonly PolicyPlan[], headers: boolean): string {
  const rows = policies.flatMap(({name, fits}) =>
    fits.map(({level, inside, contains}) => [
      name,
      level,
      answerOf(inside),
      answerOf(contains),
      [
        ...(inside.holds ? [] : [`lets in: ${inside.reasons[0] ?? ''}`]),
        ...(contains.holds ? [] : [`refuses: ${contains.reasons[0] ?? ''}`]),
      ].join('; '),
    ]),
  );
  if (rows.length === 0) return '';
  const header = ['POLICY', 'LEVEL', 'INSIDE', 'CONTAINS', 'FOR EXAMPLE'];
  return table(headers ? header : undefined, rows);
}

function answerOf({holds}: ForAllPods): string {
  return holds ? 'yes' : 'no';
}

/** The plan as machine output has it. */
export function printedPlan(
  plan: MigrationPlan,
  options: Pick<PlanOptions, 'again' | 'isLive'>,
): {readonly items: readonly object[]} & Readonly<Record<string, unknown>> {
  const {step, serverVersion, namespaces, policies, state} = plan;
  return {
    items: namespaces.map(printedNamespace),
    from: serverVersion,
    to: standardVersionText(step.to),
    road: step.kind,
    state,
    policies: policies().map(({name, fits}) => ({
      name,
      fits: fits.map(({level, inside, contains}) => ({
        level,
        inside: printedAnswer(inside),
        contains: printedAnswer(contains),
      })),
    })),
    cluster: printedCluster(plan.cluster),
    next: nextLine(plan, options) ?? null,
  };
}

function printedAnswer(answer: ForAllPods): object {
  if (answer.holds) return {holds: true};
  const {witness, reasons} = answer;
  return {holds: false, reasons, witness: compact(witness)};
}

function printedNamespace(plan: NamespacePlan): object {
  const {namespace, labels, enforced, now, after, isUncertain} = plan;
  return {
    namespace,
    labels: labels ?? null,
    stage: plan.stage ?? null,
    enforced:
      enforced === undefined
        ? null
        : {level: enforced.level, version: standardVersionText(enforced.version)},
    now: now ?? null,
    after: after ?? null,
    uncertain: isUncertain,
    breaks: plan.breaks.map(printedProblem),
    refused: plan.refused.map(printedProblem),
    unknown: plan.doubts.map(printedProblem),
    workloads: plan.workloads.map(workload => ({
      ...placeOfItem(workload.item),
      today: workload.today,
      policy: workload.policy ?? null,
      now: workload.admitted,
      after: workload.submitted,
      repaired: workload.repaired.map(printedRefusal),
      spoiled: workload.spoiled.map(printedRefusal),
      lost: workload.lost.map(({at, value}) => ({path: pointer(at), value: compact(value)})),
      needsPatch: plan.patches.includes(workload),
    })),
  };
}

/** An item's place, as machine output has it. */
export function placeOfItem({namespace, kind, name}: Item): object {
  return {namespace, kind, name};
}

function printedProblem({item, says}: PlanProblem): object {
  return {...placeOfItem(item), message: says};
}

function printedRefusal(refusal: {
  readonly check: string;
  readonly reason: string;
  readonly detail: string;
}): object {
  const {check, reason, detail} = refusal;
  return {check, reason, detail};
}
