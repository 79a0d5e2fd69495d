/** Why a document can't be read, and the line in its file (from 1). documents.ts says which file. */
export class YamlProblem extends Error {
  override readonly name = 'YamlProblem';
  readonly line: number;

  constructor(reason: string, line: number) {
    super(reason);
    this.line = line;
  }
}

/** How deep lists and mappings may be nested, with aliases followed; a manifest needs about twenty levels. */
export const maxDepth = 500;

/** The reason to give where maxDepth is exceeded. */
export const tooDeep = `lists and mappings are nested more than ${maxDepth} deep`;

/** Characters that a terminal may obey or not show. */
const invisible = /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A text on one line, with escapes for what a terminal may obey or not show. */
export function visible(text: string): string {
  return text.replace(
    invisible,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text of the file as a message shows it: quoted, on one line, and shortened if it is long. */
export function shown(text: string): string {
  return visible(JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text));
}

/** A key that a mapping has again: as with kubectl, the last one counts. */
export interface RepeatedKey {
  /** From the root of its document: `metadata.labels["app.kubernetes.io/name"]`. */
  readonly path: string;
  /** The line in the file (from 1) of the later one. */
  readonly line: number;
}

/** A path in a document as people write it. */
export function pathText(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${path}[${shown(step)}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}
