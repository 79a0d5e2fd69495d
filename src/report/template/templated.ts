import {type Json, parseJson} from '../../kube/json.ts';
import {customColumnsText} from './customColumns.ts';
import {jsonPathText} from './jsonPath.ts';

/** A format that picks from JSON: `jsonpath=TEMPLATE` or `custom-columns=SPEC`. */
export interface PickFormat {
  readonly kind: 'jsonpath' | 'custom-columns';
  readonly template: string;
}

/** What `-o` asks for, if it is such a format. */
export function pickFormatOf(output: string): PickFormat | undefined {
  const [, kind, template] = /^(jsonpath|custom-columns)=(.+)$/s.exec(output) ?? [];
  if (template === undefined) return undefined;
  return {kind: kind === 'jsonpath' ? 'jsonpath' : 'custom-columns', template};
}

/** What the format picks from a document of machine output. */
export function picked({kind, template}: PickFormat, json: string, headers: boolean): string {
  const document: Json = parseJson(json);
  return kind === 'jsonpath'
    ? jsonPathText(template, document)
    : customColumnsText(template, document, headers);
}
