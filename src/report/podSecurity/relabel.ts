import {labelOf} from '../../kube/reference.ts';
import type {RelabelRight} from '../../rbac/relabel.ts';
import {referenceText} from '../place.ts';
import {table} from '../table.ts';

/** A row for each subject that may change the labels of namespaces, and through what. */
export function relabelTable(rights: readonly RelabelRight[], headers: boolean): string {
  return table(
    headers ? ['SUBJECT', 'NAMESPACES', 'VIA'] : undefined,
    rights.map(({subject, namespaces, binding, role}) => [
      labelOf(subject),
      namespaces?.join(', ') ?? 'all',
      `${referenceText(binding)} -> ${referenceText(role)}`,
    ]),
  );
}

/** The same as machine output has it. */
export function printedRelabeler({subject, namespaces, binding, role}: RelabelRight): object {
  return {subject, namespaces: namespaces ?? null, via: {binding, role}};
}
