import {labelOf} from '../kube/reference.ts';
import type {ClusterFacts} from '../migrate/clusterFacts.ts';
import type {MigrationPlan, NamespacePlan, PlanProblem} from '../migrate/plan.ts';
import {podSecurityModes} from '../podSecurity/labels.ts';
import {count} from '../text.ts';
import {html, type Markup} from './audit/html/markup.ts';
import {
  nextLine,
  noNextText,
  type PlanOptions,
  refusedIn,
  refusedTitle,
  verdictText,
  wayTitle,
} from './migrate.ts';
import {releaseText} from './migrateCluster.ts';
import {linesBlock, listSection, plainPage, plainTable} from './plainPage.ts';

/** Of what cluster a page is. */
export interface PlanSource {
  readonly source: string;
  /** ISO 8601; undefined for manifests. */
  readonly takenAt: string | undefined;
}

/** The plan as one page of HTML, with a picture of the namespaces along the road. */
export function planPage(
  plan: MigrationPlan,
  {source, takenAt}: PlanSource,
  options: Pick<PlanOptions, 'again' | 'isLive'>,
): string {
  const {step, namespaces, cluster} = plan;
  const next = nextLine(plan, options);
  const body = html`<p class="verdict">${verdictText(plan)}</p>
<p>Of ${source}${takenAt === undefined ? '' : `, read at ${takenAt}`}. The road: ${step.says}.</p>
${next === undefined ? html`<p>${noNextText(plan)}</p>\n` : html`<p>Next:</p>\n${linesBlock([next])}`}<h2>Namespaces along the road</h2>
<div class="scroll">${roadPicture(plan)}</div>
${namespaceTable(namespaces)}${listSection('Breaks', [
  ...namespaces.flatMap(one => one.breaks.map(problemText)),
  ...cluster.releases.map(releaseText),
])}${listSection(refusedTitle, refusedIn(plan).map(problemText))}${listSection(
  "Can't be told",
  namespaces.flatMap(one => one.doubts.map(problemText)),
)}${listSection(
  'Live on what a policy writes into their pods',
  namespaces.flatMap(one =>
    one.patches.map(({item, policy}) => `${labelOf(item)}: policy ${policy}`),
  ),
)}${clusterSections(cluster)}`;
  return plainPage(wayTitle(plan), body);
}

function problemText({item, says}: PlanProblem): string {
  return `${labelOf(item)}: ${says}`;
}

function clusterSections({platform, relabelers, relabelNeeds, notes}: ClusterFacts): Markup {
  const switchLines =
    platform === undefined
      ? []
      : [
          `${platform.name}, by ${platform.foundBy}`,
          `The switch of the admission plugin: ${platform.plugin.says}`,
        ];
  const rights = relabelers.map(({subject, namespaces, binding}) => {
    const where = namespaces === undefined ? 'all namespaces' : namespaces.join(', ');
    return `${labelOf(subject)}: ${where}, by ${labelOf(binding)}`;
  });
  const open = relabelNeeds.map(need => `perhaps others: not read: ${need}`);
  return html`${listSection('Platform', switchLines)}${listSection('May relabel namespaces, and so lift what they enforce', [...rights, ...open])}${listSection('Notes', notes)}`;
}

function namespaceTable(namespaces: readonly NamespacePlan[]): Markup {
  const columns = ['Namespace', 'Stage', 'Workloads', 'With PSP', 'Without', 'Patches', 'Breaks'];
  const rows = namespaces.map(one => [
    one.namespace,
    one.labels === undefined ? 'not read' : (one.stage ?? '-'),
    String(one.workloads.length),
    one.now ?? '-',
    `${one.after ?? (one.isUncertain ? '' : '-')}${one.isUncertain ? '?' : ''}`,
    String(one.patches.length),
    String(one.breaks.length),
  ]);
  return plainTable(columns, rows);
}

const stations = ['no label', ...podSecurityModes, 'off policies'] as const;
const left = 190;
const gap = 110;
const top = 36;
const row = 28;
/** How many characters of a name fit beside the road. */
const longestName = 26;

/** A line a namespace, with its mark at the station that its labels have come to. */
function roadPicture({namespaces, hasPolicies}: MigrationPlan): Markup {
  const end = left + gap * (stations.length - 1);
  const width = end + 230;
  const height = top + row * namespaces.length + 8;
  const heads = stations.map(
    (name, index) =>
      html`<text class="head" text-anchor="middle" x="${left + gap * index}" y="16">${name}</text>\n`,
  );
  return html`<svg class="road" viewBox="0 0 ${width} ${height}" role="img" aria-label="How far each namespace is on the way off policies">
${heads}${namespaces.map((one, index) => roadLine(one, top + row * index + row / 2, end, hasPolicies))}</svg>
`;
}

const marks = {fine: '✓', unknown: '?', breaks: '✗'} as const;

function roadLine(one: NamespacePlan, y: number, end: number, hasPolicies: boolean): Markup {
  const {namespace, now, after, patches, breaks} = one;
  const reached = one.stage === undefined ? 0 : podSecurityModes.indexOf(one.stage) + 1;
  const isOff = !hasPolicies && one.stage === 'enforce';
  const x = left + gap * (isOff ? stations.length - 1 : reached);
  const state = stateOf(one);
  const name =
    namespace.length > longestName ? `${namespace.slice(0, longestName - 1)}…` : namespace;
  const none = one.isUncertain ? 'no workloads that were read' : 'no workloads';
  const levels = after === undefined ? none : now === after ? after : `${now} → ${after}`;
  const facts = [
    levels,
    ...(patches.length > 0 ? [count(patches.length, 'patch', 'patches')] : []),
    ...(breaks.length > 0 ? [`${breaks.length} ${breaks.length === 1 ? 'breaks' : 'break'}`] : []),
  ];
  return html`<g><title>${namespace}: ${facts.join(', ')}</title>
<text x="0" y="${y + 4}">${name}</text>
<line class="way" x1="${left}" y1="${y}" x2="${end}" y2="${y}"/>
<line class="gone ${state}" x1="${left}" y1="${y}" x2="${x}" y2="${y}"/>
<circle class="${state}" cx="${x}" cy="${y}" r="9"/>
<text class="mark" x="${x}" y="${y + 5}">${marks[state]}</text>
<text x="${end + 18}" y="${y + 4}">${facts.join(', ')}</text></g>
`;
}

function stateOf({breaks, doubts, isUncertain}: NamespacePlan): keyof typeof marks {
  if (breaks.length > 0) return 'breaks';
  return doubts.length > 0 || isUncertain ? 'unknown' : 'fine';
}
