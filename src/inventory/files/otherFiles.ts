import {isObject, type Json} from '../../kube/json.ts';
import {count} from '../../text.ts';
import type {SourceDocument} from '../../yaml/documents.ts';
import type {Manifests} from './kustomization.ts';

/** Whether a text that can't be read may be a Kubernetes object that somebody broke, or a template of one. */
export function mayBeManifest(text: string): boolean {
  return /^\s*(?:- +|\{ *)?["']?(?:kind|apiVersion)["']?[ \t]*:/m.test(text);
}

/** What stands for a file of a folder that is neither YAML nor JSON, and not Kubernetes'. */
export function unreadableDocument(file: string): SourceDocument {
  return {file, index: 1, line: 1, value: null, isFound: true};
}

/** So many files are named before the rest is counted. */
const filesNamed = 5;

/**
 * Documents without those of files that were found in a folder and have nothing to do with Kubernetes, as
 * the values of a chart, and a line that says so. A file that holds anything like an object is whole or an
 * error, as is every file that was named itself.
 */
export function withoutOtherFiles(documents: readonly SourceDocument[]): Manifests {
  const others = new Set<string>();
  for (const [file, all] of Map.groupBy(documents, document => document.file)) {
    if (all.every(({isFound = false, value}) => isFound && !isLikeObject(value))) others.add(file);
  }
  if (others.size === 0) return {documents, remarks: []};
  const names = [...others].slice(0, filesNamed).join(', ');
  const more = others.size - filesNamed;
  return {
    documents: documents.filter(({file}) => !others.has(file)),
    remarks: [
      `skipped ${count(others.size, 'file')} of other programs: ${names}${more > 0 ? ` and ${more} more` : ''}`,
    ],
  };
}

/** Two of the fields that every object has are enough to be meant as one. */
function isLikeObject(value: Json): boolean {
  if (!isObject(value)) return false;
  const {apiVersion, kind, metadata, spec} = value;
  const likely = [
    typeof apiVersion === 'string',
    typeof kind === 'string',
    isObject(metadata ?? 0),
  ];
  return [...likely, isObject(spec ?? 0)].filter(Boolean).length >= 2;
}
