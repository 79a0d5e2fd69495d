import type {CheckFinding} from '../check/answerCheck.ts';
import type {NamespaceSummary} from '../effect/summary.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {type UnreadPlaces, unreadPlaces, unreadText} from '../inventory/unreadPlaces.ts';
import {atLeast, count} from '../text.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';

/** As narrow as it goes: with usual names the table fits 80 columns. */
function headerOf(hasUnknown: boolean): readonly string[] {
  const unknown = hasUnknown ? ['UNKNOWN'] : [];
  return [
    'NAMESPACE',
    'PODS',
    'IDLE',
    'DENIED',
    ...unknown,
    'MUTATED',
    'DRIFTED',
    'PSPS',
    'RISKIEST',
  ];
}

/** The rows as they are shown, and as they would be if admission were on. */
export interface SummaryRows {
  readonly rows: readonly NamespaceSummary[];
  readonly judged: readonly NamespaceSummary[];
}

/** Where the facts come from, and the table of namespaces. */
export function summaryText(
  inventory: Inventory,
  {rows, judged}: SummaryRows,
  admission: CheckFinding,
): string {
  const unread = unreadPlaces(inventory);
  const total = totalText(judged, admission, inventory, unread);
  return `${headText(inventory, admission)}\n${summaryTable(rows, true)}\n${total}\n`;
}

function summaryTable(rows: readonly NamespaceSummary[], headers: boolean): string {
  const hasUnknown = rows.some(({unknown}) => unknown > 0);
  return table(
    headers ? headerOf(hasUnknown) : undefined,
    rows.map(row => {
      const [riskiest] = row.policies;
      return [
        row.namespace,
        ...[row.pods, row.idle, row.denied].map(number => atLeast(number, row.isPartial)),
        ...(hasUnknown ? [atLeast(row.unknown, row.isPartial)] : []),
        ...[row.mutated, row.drifted].map(number => atLeast(number, row.isPartial)),
        atLeast(row.policies.length, row.isPartial || row.unknown > 0),
        riskiest?.name ?? '',
      ];
    }),
  );
}

function headText(
  {source, serverVersion, policyApi, policies, takenAt, admissionPolicies}: Inventory,
  {answer, says}: CheckFinding,
): string {
  const isNative = admissionPolicies !== undefined;
  const gone = isNative ? 'none; they live in admission policies' : 'removed from this version';
  const api = policyApi === 'absent' ? gone : policyApi;
  return [
    `Source    ${escapeText(source)}${takenAt === undefined ? '' : ` at ${takenAt}`}`,
    ...(serverVersion === undefined ? [] : [`Server    ${escapeText(serverVersion)}`]),
    `Policies  ${policies.length} PodSecurityPolicies (API: ${api})`,
    ...(answer === 'yes' ? [] : [`Admission ${escapeText(says)}`]),
    '',
  ].join('\n');
}

function totalText(
  judged: readonly NamespaceSummary[],
  {answer}: CheckFinding,
  {policies, policyApi}: Inventory,
  unread: UnreadPlaces | undefined,
): string {
  const total = (of: (row: NamespaceSummary) => number) =>
    judged.reduce((sum, row) => sum + of(row), 0);
  const denied = total(row => row.denied);
  const mutated = total(row => row.mutated);
  const drifted = total(row => row.drifted);
  const would = (words: string) => [
    `${words} ${denied}, change`,
    `${mutated} and move ${drifted} to another policy.`,
  ];
  const all = total(({pods, idle}) => pods + idle);
  const what = count(all, 'pod or idle workload', 'pods and idle workloads');
  const isUndecided = answer === 'unknown' && policies.length > 0;
  const sentences = {
    yes: would(`Of ${what}, a restart would deny`),
    // Pods can tell of the time when they were created, and of no other.
    no:
      policyApi !== 'absent'
        ? [
            `If PSP admission is off, policies have no say: a restart of the ${what}`,
            `denies none. If it was turned on after they came, it denies ${denied}: see check.`,
          ]
        : [
            `With PSP admission off, policies have no say: a restart of the`,
            `${what} denies none.`,
          ],
    unknown: isUndecided
      ? [
          'Whether PSP admission is on is unknown (see check). If it is, then of the',
          ...would(`${what}, a restart would deny`),
        ]
      : [
          'Whether PSP admission is on is unknown, and there is no policy: if it is',
          'off, nothing is denied; if it is on, no pod gets in.',
        ],
  };
  // Without policies, that is all there is to say.
  const unknown = policies.length === 0 ? 0 : total(row => row.unknown);
  return [
    ...sentences[answer],
    ...(unknown === 0 ? [] : [`What it would do to ${unknown} is unknown: see why -A.`]),
    ...(unread === undefined ? [] : [`What it would do is ${unreadText(unread)}.`]),
    'Next: kubectl psp why -A, why POD, advise -n NAMESPACE, who-can -A, --help',
  ].join('\n');
}
