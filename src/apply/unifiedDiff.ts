import {createTwoFilesPatch, FILE_HEADERS_ONLY} from 'diff';
import {isObject, type JsonObject} from '../kube/json.ts';
import {printYaml} from '../yaml/documents.ts';
import type {PlannedChange} from './applyAll.ts';
import {metadataOf, withMetadata, withoutServerOwned} from './change.ts';
import {lastAppliedKey} from './lastApplied.ts';

/** How many unchanged lines are shown around a change. */
const context = 3;

/** What the two sides of a diff are. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

/**
 * The unified diff of two texts with 3 lines of context, its lines ended by line breaks; empty if the
 * texts are the same. The names stand after `---` and `+++`.
 */
export function unifiedDiff(before: string, after: string, names: DiffNames): string {
  if (before === after) return '';
  return createTwoFilesPatch(names.before, names.after, before, after, undefined, undefined, {
    context,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/**
 * What a change does to an object, as a unified diff of its YAML. `stored` is what the server makes of
 * it, as a dry run says. What the server alone writes, and kubectl's copy of it all, are left out.
 */
export function changeDiff(change: PlannedChange, stored: JsonObject = change.desired): string {
  const {name, before} = change;
  const names = {
    before: `${name} (${before === undefined ? 'not there' : 'cluster'})`,
    after: `${name} (${before === undefined ? 'new' : 'edited'})`,
  };
  return unifiedDiff(before === undefined ? '' : yamlOf(before), yamlOf(stored), names);
}

function yamlOf(object: JsonObject): string {
  const {apiVersion, kind, metadata: _, ...rest} = object;
  const {annotations} = metadataOf(object);
  const shown = Object.entries(isObject(annotations) ? annotations : {}).filter(
    ([key]) => key !== lastAppliedKey,
  );
  const {metadata} = withMetadata(withoutServerOwned(object), {
    annotations: shown.length === 0 ? undefined : Object.fromEntries(shown),
  });
  // The server begins with the kind, files with the version.
  return printYaml({apiVersion, kind, metadata, ...rest});
}
