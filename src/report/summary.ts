import type {CheckFinding} from '../check/answerCheck.ts';
import type {NamespaceSummary} from '../effect/summary.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';

/** As narrow as it goes: with usual names the table fits 80 columns. */
const header = [
  ...['NAMESPACE', 'PODS', 'IDLE', 'DENIED', 'MUTATED', 'DRIFTED', 'PSPS'],
  'RISKIEST',
];

/** Where the facts come from, and the table of namespaces. */
export function summaryText(
  inventory: Inventory,
  rows: readonly NamespaceSummary[],
  admission: CheckFinding,
): string {
  const total = totalText(rows, admission, inventory.policies.length);
  return `${headText(inventory, admission)}\n${summaryTable(rows, true)}\n${total}\n`;
}

export function summaryTable(rows: readonly NamespaceSummary[], headers: boolean): string {
  return table(
    headers ? header : undefined,
    rows.map(row => {
      const [riskiest] = row.policies;
      return [
        row.namespace,
        ...[row.pods, row.idle, row.denied, row.mutated, row.drifted].map(String),
        String(row.policies.length),
        riskiest?.name ?? '',
      ];
    }),
  );
}

function headText(
  {source, serverVersion, policyApi, policies, takenAt}: Inventory,
  {answer, says}: CheckFinding,
): string {
  const api = policyApi === 'absent' ? 'removed from this version' : policyApi;
  return [
    `Source    ${escapeText(source)}${takenAt === undefined ? '' : ` at ${takenAt}`}`,
    ...(serverVersion === undefined ? [] : [`Server    ${escapeText(serverVersion)}`]),
    `Policies  ${policies.length} PodSecurityPolicies (API: ${api})`,
    ...(answer === 'yes' ? [] : [`Admission ${escapeText(says)}`]),
    '',
  ].join('\n');
}

function totalText(
  rows: readonly NamespaceSummary[],
  {answer}: CheckFinding,
  policies: number,
): string {
  const total = (of: (row: NamespaceSummary) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const judged = total(({pods, idle}) => pods + idle);
  const would = (deed: string) => [
    `${deed} ${total(({denied}) => denied)}, change`,
    `${total(({mutated}) => mutated)} and move ${total(({drifted}) => drifted)} to another policy.`,
  ];
  const what = `${judged} pods and idle workloads`;
  const isUndecided = answer === 'unknown' && policies > 0;
  const sentences = {
    yes: would(`Of ${what}, a restart would deny`),
    no: [`With PSP admission off, policies have no say: a restart of the`, `${what} denies none.`],
    unknown: isUndecided
      ? [
          'Whether PSP admission is on is unknown. If it is, then of the',
          ...would(`${what}, a restart would deny`),
        ]
      : [
          'Whether PSP admission is on is unknown, and there is no policy: if it is',
          'off, nothing is denied; if it is on, no pod gets in.',
        ],
  };
  return [
    ...sentences[answer],
    'Next: kubectl psp why -A, why POD, advise -n NAMESPACE, who-can -A, --help',
  ].join('\n');
}
