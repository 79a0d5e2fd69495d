import {labelOf} from '../kube/reference.ts';
import type {Expansion} from '../rbac/expand.ts';
import type {IndirectRight} from '../rbac/indirect.ts';
import {masters} from '../rbac/leaks.ts';
import type {UseRight} from '../rbac/whoCan.ts';
import {count} from '../text.ts';
import {referenceText} from './place.ts';
import {table} from './table.ts';

const header = ['POLICY', 'SUBJECT', 'SCOPE', 'VIA', 'NOTE'];

/** A right, and the service accounts and pods that its group stands for, if that was asked. */
export interface WhoCanRow {
  readonly right: UseRight;
  readonly expansion: readonly Expansion[];
}

/** A row for each policy, subject and scope; wide also has every binding and the whole note. */
export function whoCanTable(
  rows: readonly WhoCanRow[],
  {wide, headers}: {readonly wide: boolean; readonly headers: boolean},
): string {
  return table(
    headers ? header : undefined,
    rows.flatMap(({right, expansion}) => [
      [
        right.policy,
        labelOf(right.subject),
        right.namespace ?? 'cluster',
        isUnbound(right) ? 'the API server itself' : viaText(right.via, wide),
        right.notes.join('; '),
      ],
      ...expansion.map(({account, pods}) => [
        right.policy,
        `  ServiceAccount ${account.namespace}/${account.name}`,
        right.namespace ?? 'cluster',
        `member of ${right.subject.name}`,
        `${count(pods.length, 'pod')}${wide && pods.length > 0 ? `: ${pods.join(', ')}` : ''}`,
      ]),
    ]),
  );
}

export function indirectTable(rights: readonly IndirectRight[], headers: boolean): string {
  return table(
    headers ? ['SUBJECT', 'SCOPE', 'RIGHTS', 'VIA'] : undefined,
    rights.map(({subject, namespace, rights: may, via, opens = []}) => [
      labelOf(subject),
      namespace ?? 'cluster',
      `${may.join(', ')}${opens.length > 0 ? `; pods may use ${opens.join(', ')}` : ''}`,
      viaText(via, true),
    ]),
  );
}

/** Whether it needs no binding. */
function isUnbound({subject: {kind, name}, via}: UseRight): boolean {
  return via.length === 0 && kind === 'Group' && name === masters;
}

function viaText(via: UseRight['via'], all: boolean): string {
  const [first] = via;
  if (first === undefined) return 'granted by the API server (binding unknown)';
  const text = ({binding, role}: UseRight['via'][number]) =>
    `${referenceText(binding)} -> ${referenceText(role)}`;
  const more = via.length - 1;
  if (all || more === 0) return via.map(text).join(', ');
  return `${text(first)} and ${more} more`;
}

/** One right as machine output has it. */
export function printedRight({right, expansion}: WhoCanRow): object {
  const {policy, subject, namespace, via, notes} = right;
  return {
    policy,
    subject,
    scope: namespace === undefined ? null : {namespace},
    via,
    notes,
    expanded:
      expansion.length === 0 ? undefined : expansion.map(({account, pods}) => ({...account, pods})),
  };
}

export function printedIndirect({subject, namespace, rights, via, opens}: IndirectRight): object {
  return {subject, scope: namespace === undefined ? null : {namespace}, rights, via, opens};
}
