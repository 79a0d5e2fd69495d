import {isObject, type Json, parseJson} from '../../src/kube/json.ts';
import {runReference} from '../support/kubernetes/reference.ts';

/** What kubectl makes of a stream: its documents but for empty ones, up to an error if there is one. */
export interface Answer {
  readonly documents: readonly Json[];
  readonly error?: string;
}

/** Asks kubectl's own reader about many streams, none of which holds a NUL. */
export function askKubectl(streams: readonly string[]): readonly Answer[] {
  const input = streams.map(stream => `${stream}\0`).join('');
  const lines = runReference('yaml-reference', ['-0'], input).toString().split('\n').slice(0, -1);
  return lines.map(line => answerOf(parseJson(line)));
}

function answerOf(lines: Json): Answer {
  if (!Array.isArray(lines)) throw new Error('yaml-reference printed no list');
  const documents: Json[] = [];
  for (const line of lines) {
    if (!isObject(line)) throw new Error('yaml-reference printed no document');
    if (line.error !== undefined) return {documents, error: String(line.error)};
    if (line.json !== null && line.json !== undefined) documents.push(line.json);
  }
  return {documents};
}
