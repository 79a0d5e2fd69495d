import type {PlannedChange} from '../apply/applyAll.ts';
import {withoutServerOwned} from '../apply/change.ts';
import {printYaml} from '../yaml/documents.ts';
import {shellLine} from './migrate.ts';

/** What takes changes back: a script, and files with the old objects that it needs. */
export interface UndoFiles {
  readonly script: string;
  readonly objects: readonly (readonly [file: string, text: string])[];
}

/** How to take changes back: what was not there before is deleted, the last first; what was there is put back. */
export function undoNativeFiles(
  changes: readonly PlannedChange[],
  {
    time,
    name,
    again,
  }: {readonly time: string; readonly name: string; readonly again: readonly string[]},
): UndoFiles {
  const of = (action: PlannedChange['action']) => changes.filter(one => one.action === action);
  const kept = [
    {file: `${name}-changed.yaml`, verb: 'replace', old: of('update')},
    {file: `${name}-deleted.yaml`, verb: 'create', old: of('delete')},
  ].filter(({old}) => old.length > 0);
  const lines = [
    ...of('create')
      .toReversed()
      .map(({kind, name: of, namespace}) => [
        'delete',
        kind.toLowerCase(),
        of,
        ...(namespace === undefined ? [] : ['-n', namespace]),
        '--ignore-not-found',
      ]),
    ...kept.map(({file, verb}) => [verb, '-f', file]),
  ].map(words => shellLine(['kubectl', ...words, ...again]));
  const head = `# Takes back what kubectl psp migrate policies --apply did (${time}).`;
  return {
    script: ['#!/bin/sh', head, 'set -e', ...lines, ''].join('\n'),
    objects: kept.map(({file, old}) => [
      file,
      old.map(({before = {}}) => printYaml(withoutServerOwned(before))).join('---\n'),
    ]),
  };
}
