import {exitCodes, UserError} from '../../errors.ts';
import {count} from '../../text.ts';
import type {SourceDocument} from '../../yaml/documents.ts';

/** So many repeated keys are told one by one. */
const repeatsShown = 5;

/** What is said of keys that come twice in a mapping; an error where that is refused. */
export function repeatedKeyRemarks(
  documents: readonly SourceDocument[],
  isStrict: boolean,
): readonly string[] {
  const texts = documents.flatMap(({file, index, repeated = []}) =>
    repeated.map(
      ({path, line}) => `${file}: document ${index}, line ${line}: the key ${path} comes twice`,
    ),
  );
  const [first, ...others] = texts;
  if (isStrict && first !== undefined) {
    const rest = others.length > 0 ? `, and ${others.length} more` : '';
    throw new UserError(`${first}${rest}: --strict refuses that`, exitCodes.unreadable);
  }
  const more = texts.length - repeatsShown;
  return [
    ...texts.slice(0, repeatsShown).map(text => `${text}, the last one counts`),
    ...(more > 0 ? [count(more, 'more key that comes twice', 'more keys that come twice')] : []),
  ];
}
