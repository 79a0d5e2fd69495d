import {isBlankOrEnd} from './characters.ts';
import {type Cursor, codeAt, problemAt} from './cursor.ts';
import {shown} from './problem.ts';

/* Reads anchors, aliases and tags as gopkg.in/yaml.v2 v2.4.0 does (scannerc.go, parserc.go). */

/** The prefix that `!!` stands for. */
export const yamlTag = 'tag:yaml.org,2002:';

/** The name after `&` or `*`, on which the cursor is. */
export function takeAnchor(cursor: Cursor): string {
  const indicator = cursor.text.charAt(cursor.position);
  const name = matchAt(cursor, /[&*]([-\w]+)/y)?.[1];
  if (name !== undefined) cursor.position += 1 + name.length;
  const next = codeAt(cursor);
  if (
    name === undefined ||
    !(isBlankOrEnd(next) || '?:,]}%@`'.includes(String.fromCharCode(next)))
  ) {
    throw problemAt(
      cursor,
      `the name after "${indicator}" is made of letters, digits, - and _; else put the value in quotes`,
    );
  }
  return name;
}

/** The tag at the cursor, in full, `!!` written out; '!' if it has no name. */
export function takeTag(cursor: Cursor): string {
  const verbatim = matchAt(cursor, /!<([-\w;/?:@&=+$,.!~*'()[\]%]+)>/y);
  const match = verbatim ?? matchAt(cursor, /!(?:([-\w]*)!)?([-\w;/?:@&=+$,.!~*'()[\]%]*)/y);
  cursor.position += match?.[0].length ?? 0;
  if (!isBlankOrEnd(codeAt(cursor))) throw problemAt(cursor, "a tag has a character it can't have");
  if (verbatim !== null) return decoded(cursor, verbatim[1] ?? '');
  const [, handle, suffix = ''] = match ?? [];
  if (handle === undefined) return `!${decoded(cursor, suffix)}`;
  if (handle !== '')
    throw problemAt(cursor, `the tag handle ${shown(`!${handle}!`)} is not defined`);
  if (suffix === '') throw problemAt(cursor, 'a tag has no name after !!');
  return yamlTag + decoded(cursor, suffix);
}

function matchAt(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.position;
  return pattern.exec(cursor.text);
}

function decoded(cursor: Cursor, uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    throw problemAt(cursor, 'a tag has a % that is no escape');
  }
}
