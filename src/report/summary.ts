import type {NamespaceSummary} from '../effect/summary.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';

/** As narrow as it goes: with usual names the table fits 80 columns. */
function headerOf(hasUnknown: boolean): readonly string[] {
  const unknown = hasUnknown ? ['UNKNOWN'] : [];
  return [
    ...['NAMESPACE', 'PODS', 'IDLE', 'DENIED'],
    ...unknown,
    ...['MUTATED', 'DRIFTED', 'PSPS', 'RISKIEST'],
  ];
}

/** Where the facts come from, and the table of namespaces. */
export function summaryText(inventory: Inventory, rows: readonly NamespaceSummary[]): string {
  return `${headText(inventory)}\n${summaryTable(rows, true)}\n${totalText(rows)}\n`;
}

export function summaryTable(rows: readonly NamespaceSummary[], headers: boolean): string {
  const hasUnknown = rows.some(({unknown}) => unknown > 0);
  return table(
    headers ? headerOf(hasUnknown) : undefined,
    rows.map(row => {
      const [riskiest] = row.policies;
      return [
        row.namespace,
        ...[row.pods, row.idle, row.denied].map(String),
        ...(hasUnknown ? [String(row.unknown)] : []),
        ...[row.mutated, row.drifted].map(String),
        String(row.policies.length),
        riskiest?.name ?? '',
      ];
    }),
  );
}

function headText({source, serverVersion, policyApi, policies, takenAt}: Inventory): string {
  const api = policyApi === 'absent' ? 'gone from this version' : policyApi;
  return [
    `Source    ${escapeText(source)}${takenAt === undefined ? '' : ` at ${takenAt}`}`,
    ...(serverVersion === undefined ? [] : [`Server    ${escapeText(serverVersion)}`]),
    `Policies  ${policies.length} PodSecurityPolicies (API: ${api})`,
    '',
  ].join('\n');
}

function totalText(rows: readonly NamespaceSummary[]): string {
  const total = (of: (row: NamespaceSummary) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const judged = total(({pods, idle}) => pods + idle);
  const unknown = total(row => row.unknown);
  return [
    `Of ${judged} pods and idle workloads, a restart would deny ${total(({denied}) => denied)}, change`,
    `${total(({mutated}) => mutated)} and move ${total(({drifted}) => drifted)} to another policy.`,
    ...(unknown === 0 ? [] : [`What it would do to ${unknown} is unknown: see why -A.`]),
    'Next: kubectl psp why -A, why POD, advise -n NAMESPACE, who-can -A, --help',
  ].join('\n');
}
