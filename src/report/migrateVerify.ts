import {controlById} from '../controls/index.ts';
import type {Stand} from '../migrate/verify/stands.ts';
import {type PodVerification, verificationState} from '../migrate/verify/verification.ts';
import {count} from '../text.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';

type Result = PodVerification['results'][number];

/** A verification for people: what differs, what could not be told, and how much was compared. */
export function verificationText(
  verification: PodVerification,
  options: {readonly wide: boolean; readonly headers: boolean; readonly source: string},
): string {
  const {results, without, unused, all} = verification;
  const differing = results.filter(({outcome}) => outcome.kind === 'differs');
  const rows = differing.flatMap(({trial, outcome}) =>
    outcome.kind === 'differs'
      ? outcome.differences.map(({field, expected = 'unset', found = 'unset'}) => [
          standText(trial.stand),
          trial.says,
          field,
          expected,
          found,
        ])
      : [],
  );
  const header = ['AS', 'POD', 'FIELD', 'EXPECTED', 'FOUND'];
  const shown = options.wide ? rows : rows.slice(0, mostRows);
  const lines = [
    ...(rows.length > shown.length
      ? [`... and ${rows.length - shown.length} more differences: -o wide has all`]
      : []),
    ...(options.wide ? reasons(results, 'beside', 'refused whatever policies say') : []),
    ...without.map(name => `policy ${name}: nobody who may use it can be tried here`),
    ...unused.map(name => `policy ${name}: nobody may use it`),
    ...(all > results.length
      ? [`${results.length} of ${all} pods were tried: --cases ${all}`]
      : []),
    `${options.source}: ${totals(results)}`,
  ];
  return [
    rows.length > 0 ? table(options.headers ? header : undefined, shown) : '',
    options.wide ? controlTable(results, options.headers) : '',
    ...lines.map(line => `${escapeText(line)}\n`),
  ].join('');
}

const mostRows = 20;

/** Why pods could not be tried, a line for each reason. */
export function untriedReasons({results}: PodVerification): readonly string[] {
  return reasons(results, 'untried', 'not tried');
}

/** The same for machines: an item for each pod that was tried. */
export function printedVerification(verification: PodVerification): readonly object[] {
  return verification.results.map(({trial: {stand, says, control}, outcome}) => ({
    namespace: stand.namespace,
    serviceAccount: stand.serviceAccount,
    requester: stand.requester.user,
    control: control ?? null,
    pod: says,
    outcome: outcome.kind,
    allowed: outcome.kind === 'same' ? outcome.allowed : null,
    differences: outcome.kind === 'differs' ? outcome.differences : [],
    message: 'says' in outcome ? outcome.says : null,
  }));
}

/** What is true of the whole, for machines. */
export function printedVerificationState(verification: PodVerification): object {
  const {without, unused, all} = verification;
  return {state: verificationState(verification), all, without, unused};
}

function totals(results: readonly Result[]): string {
  const numberOf = (kind: Result['outcome']['kind']) =>
    results.filter(({outcome}) => outcome.kind === kind).length;
  const admitted = results.filter(({outcome}) => outcome.kind === 'same' && outcome.allowed).length;
  const same = numberOf('same');
  const beside = numberOf('beside');
  return [
    `${count(results.length, 'pod')} tried`,
    `${same} as foretold (${admitted} admitted, ${same - admitted} denied)`,
    `${numberOf('differs')} not`,
    ...(beside > 0 ? [`${beside} refused whatever policies say`] : []),
    ...(numberOf('untried') > 0 ? [`${numberOf('untried')} could not be tried`] : []),
  ].join(', ');
}

/** A line for each reason, with how many pods met it. */
function reasons(
  results: readonly Result[],
  kind: 'untried' | 'beside',
  what: string,
): readonly string[] {
  const said = results.flatMap(({outcome}) => (outcome.kind === kind ? [outcome.says] : []));
  const numbers = Map.groupBy(said, says => says);
  return [...numbers].map(([says, {length}]) => `${what}: ${says} (${count(length, 'pod')})`);
}

function controlTable(results: readonly Result[], headers: boolean): string {
  const rows = [...Map.groupBy(results, ({trial}) => trial.control)].map(([control, own]) => {
    const numberOf = (is: (outcome: Result['outcome']) => boolean) =>
      String(own.filter(({outcome}) => is(outcome)).length);
    return [
      control === undefined ? 'Plain pods' : controlById[control].title,
      numberOf(outcome => outcome.kind === 'same' && outcome.allowed),
      numberOf(outcome => outcome.kind === 'same' && !outcome.allowed),
      numberOf(outcome => outcome.kind === 'differs'),
    ];
  });
  return table(headers ? ['CONTROL', 'ADMITTED', 'DENIED', 'DIFFERS'] : undefined, rows);
}

function standText({namespace, serviceAccount, requester}: Stand): string {
  const {user} = requester;
  const creator = user.startsWith('system:serviceaccount:kube-system:') ? '' : ` by ${user}`;
  return `${namespace}/${serviceAccount}${creator}`;
}
