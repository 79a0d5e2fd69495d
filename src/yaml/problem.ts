/** Why a document can't be read, and the line in its file (from 1). documents.ts says which file. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly line: number;

  constructor(reason: string, line: number) {
    super(reason);
    this.line = line;
  }
}

/** How deep lists and mappings may be nested, aliases followed; a manifest needs some twenty. */
export const maxDepth = 500;

/** The reason to give where maxDepth is passed. */
export const tooDeep = `lists and mappings are nested more than ${maxDepth} deep`;

/** What JSON.stringify leaves as it is, but a terminal may obey or not show. */
const invisible = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A text of the file as a message shows it: quoted, on one line, and not all of it if it is long. */
export function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short).replace(
    invisible,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
