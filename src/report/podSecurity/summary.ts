import type {LabelSummary} from '../../effect/labelSummary.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {nativeHomeIn} from '../../inventory/native/nativeHome.ts';
import {unreadPlaces, unreadText} from '../../inventory/unreadPlaces.ts';
import {atLeast, count} from '../../text.ts';
import {escapeText} from '../escape.ts';
import {table} from '../table.ts';
import {wrap} from '../wrapped.ts';
import {askedCell, defaultsText, needsCell, printedLevels, unseenText} from './words.ts';

/** Where the facts come from, the table of namespaces, and what a restart would do. */
export function labelSummaryText(
  inventory: Inventory,
  rows: readonly LabelSummary[],
  wide: boolean,
): string {
  const text = wrap(totalText(inventory, rows), 80).join('\n');
  const next =
    'Next: kubectl psp why -A, why POD, audit, advise -n NAMESPACE,\n      migrate policies, --help';
  return `${headText(inventory)}\n${labelSummaryTable(rows, wide)}\n${text}\n${next}\n`;
}

function headText(inventory: Inventory): string {
  const {source, serverVersion, takenAt} = inventory;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Source', `${source}${takenAt === undefined ? '' : ` at ${takenAt}`}`],
    ['Server', serverVersion],
    ['Judged by', `Pod Security Admission, as ${policiesText(inventory)}`],
    ['Defaults', defaultsText(inventory)],
    ['Not seen', unseenText(inventory)],
  ];
  const lines = facts.flatMap(([title, says]) =>
    says === undefined
      ? []
      : wrap(escapeText(says), 69).map(
          (line, at) => `${(at === 0 ? title : '').padEnd(11)}${line}`,
        ),
  );
  return lines.map(line => `${line}\n`).join('');
}

/** Why no policy is asked. */
function policiesText(inventory: Inventory): string {
  const home = nativeHomeIn(inventory);
  if (home === undefined) return 'there are no PodSecurityPolicies';
  const {length} = inventory.policies;
  const does = home.mayWrite ? 'refuse nothing and only write defaults' : 'refuse nothing yet';
  return `${length === 1 ? 'the policy lives' : `the ${length} policies live`} in admission policies that ${does} (migrate policies --apply --stage)`;
}

/** With usual names it fits 80 columns. */
function labelSummaryTable(rows: readonly LabelSummary[], wide: boolean): string {
  const hasIdle = wide || rows.some(({idle}) => idle > 0);
  const hasUnknown = wide || rows.some(({unknown}) => unknown > 0);
  const header = [
    'NAMESPACE',
    'PODS',
    ...(hasIdle ? ['IDLE'] : []),
    'ENFORCED',
    ...(wide ? ['WARNED', 'AUDITED'] : []),
    'NEEDS',
    'DENIED',
    ...(hasUnknown ? ['UNKNOWN'] : []),
    'WARNS',
  ];
  return table(
    header,
    rows.map(row => {
      const {asked, isPartial} = row;
      const number = (of: number) => atLeast(of, isPartial);
      return [
        row.namespace,
        number(row.pods),
        ...(hasIdle ? [number(row.idle)] : []),
        askedCell(asked, 'enforce'),
        ...(wide ? [askedCell(asked, 'warn'), askedCell(asked, 'audit')] : []),
        needsCell(row),
        number(row.denied),
        ...(hasUnknown ? [number(row.unknown)] : []),
        number(row.warned),
      ];
    }),
  );
}

function totalText(inventory: Inventory, rows: readonly LabelSummary[]): string {
  const total = (of: (row: LabelSummary) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const [denied, warned] = [total(row => row.denied), total(row => row.warned)];
  const [unknown, byDefault] = [total(row => row.unknown), total(row => row.byDefault)];
  const what = count(
    total(({pods, idle}) => pods + idle),
    'pod or idle workload',
    'pods and idle workloads',
  );
  const rest = unknown - byDefault;
  const unread = unreadPlaces(inventory);
  return [
    `Of ${what}, a restart would deny ${denied} and warn of ${warned}.`,
    ...(byDefault === 0
      ? []
      : [
          `${count(byDefault, 'is', 'are')} where no label enforces a level: the server's default decides, and lets them in if it is privileged, as it is unless somebody changed it.`,
        ]),
    ...(rest === 0 ? [] : [`What it would do to ${rest} is unknown: see why -A.`]),
    ...(unread === undefined ? [] : [`What it would do is ${unreadText(unread)}.`]),
  ].join(' ');
}

/** A row as machine output has it. */
export function printedLabelSummary({isPartial, asked, ...row}: LabelSummary): object {
  const {namespace, pods, idle, needs, denied, unknown, byDefault, warned} = row;
  return {
    namespace,
    ...printedLevels(asked),
    needs: needs ?? null,
    pods,
    idle,
    denied,
    unknown,
    byDefault,
    warned,
    incomplete: isPartial || undefined,
  };
}
