import fc from 'fast-check';

/* Random streams that look as manifests do, in every style that people write them in. */

/** Unquoted text of every look, but for what differences.ts tells of. */
export const scalar: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({unit: fc.constantFrom(...'0123456789abefxonyNYO._-+:~'), maxLength: 12}),
    fc.string({unit: fc.constantFrom(...'0123456789.eE+-_'), maxLength: 22}),
    fc.bigInt({min: -(2n ** 66n), max: 2n ** 66n}).map(String),
    fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
    fc.constantFrom('yes', 'Off', 'null', '~', '0777', '0o17', '1_000', '2001-01-01', '12:30:45'),
    fc
      .string({unit: 'grapheme-composite', maxLength: 8})
      .map(text => text.replace(/[\0-\x1f!-/:-@[-`{-~\x7f-\xa0\u2028\u2029]/g, 'x')),
  )
  .filter(text => !/^\s*-?\s*$|^\s*:|:\s*$|^---/.test(text));

/** A value, written for its place: how many columns its parent is indented by, within brackets or not. */
type Written = (indent: number, inFlow: boolean) => string;

const word = fc.constantFrom(
  'a',
  'yes',
  '1',
  'x-y',
  'é😀',
  'http://a:1/b',
  "it's",
  'say "x"',
  '%@',
);
const words = fc.array(word, {minLength: 1, maxLength: 4});

const quotedText = fc
  .tuple(words, fc.constantFrom("'", '"'), fc.constantFrom(' ', '\n', '\n    ', '\n\n  ', '\\n'))
  .map(([parts, quote, joint]): Written => {
    const text = parts.join('\0');
    const escaped = quote === '"' ? text.replaceAll('"', '\\"') : text.replaceAll("'", "''");
    return () => `${quote}${escaped.replaceAll('\0', joint)}${quote}`;
  });

const textLine = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '', ' ', '   '), words)
    .map(([lead, parts]) => lead + parts.join(' ')),
  fc.constantFrom('', '# no comment', '- x: [', '}'),
);
const blockText = fc
  .tuple(fc.constantFrom('|', '>', '|-', '>-', '|+', '>+'), word, fc.array(textLine))
  .map(
    ([mark, first, lines]): Written =>
      (indent, inFlow) => {
        if (inFlow) return '"in brackets"';
        const indented = [first, ...lines].map(line => line && `${' '.repeat(indent + 2)}${line}`);
        return `${mark}\n${indented.join('\n')}`;
      },
  );

const key = fc.oneof(
  {arbitrary: fc.string({unit: fc.constantFrom(...'abcdef'), minLength: 4}), weight: 5},
  fc.constantFrom('on', '1', '0x1f', '1.50', "'quoted'", '"a: b"', 'a.b/c-d', '<', 'true', '1e9'),
);

const {value} = fc.letrec<{value: Written; list: Written; mapping: Written}>(tie => ({
  value: fc.oneof(
    {depthSize: 'medium'},
    scalar.map(
      (text): Written =>
        () =>
          text,
    ),
    quotedText,
    blockText,
    fc.constantFrom<Written>(
      () => '*x',
      () => '*y',
      () => '!!str 1',
      () => '',
      () => '&z 1',
    ),
    tie('list'),
    tie('mapping'),
  ),
  list: fc
    .tuple(fc.array(tie('value'), {maxLength: 4}), fc.nat(3))
    .map(([items, style]): Written => {
      return (indent, inFlow) => {
        if (items.length === 0) return '[]';
        if (inFlow || style < 2) {
          // An item can't be left out.
          const written = items.map(item => item(indent, true) || 'x');
          return brackets('[', written, ']', style === 0 ? indent : undefined);
        }
        const [column, pad] =
          style === 2 ? [indent, ' '.repeat(indent)] : [indent + 2, ' '.repeat(indent + 2)];
        const written = items.map(item => `${pad}- ${compact(item(column, false))}`);
        return `\n${written.join('\n')}`;
      };
    }),
  mapping: fc
    .tuple(fc.array(fc.tuple(key, tie('value')), {maxLength: 4}), fc.nat(4), fc.nat(5))
    .map(([members, style, merge]): Written => {
      const all: (readonly [string, Written])[] = [...members];
      if (merge === 0) all.splice(1, 0, ['<<', () => '*x']);
      if (merge === 1) all.push(['<<', () => '[*x, {a: 9, q: 8}]']);
      return (indent, inFlow) => {
        if (all.length === 0) return '{}';
        if (inFlow || style < 2) {
          const written = all.map(([name, member]) => `${name}: ${member(indent, true)}`);
          return brackets('{', written, '}', style === 0 ? indent : undefined);
        }
        const pad = ' '.repeat(indent + 2);
        const note = style === 2 ? `\n${pad}# a comment: [` : '';
        const written = all.map(([name, member]) => `${pad}${name}: ${member(indent + 2, false)}`);
        return `${note}\n${written.join('\n')}`;
      };
    }),
}));

/** With an item a line if there is a column for the closing bracket. */
function brackets(open: string, items: readonly string[], close: string, indent?: number): string {
  if (indent === undefined) return `${open}${items.join(', ')}${close}`;
  const pad = ' '.repeat(indent);
  return `${open}\n${items.map(item => `${pad}  ${item},`).join(' # c\n')}\n${pad}${close}`;
}

/** A mapping's first key goes on the line of its dash, where its other keys are as deep. */
function compact(text: string): string {
  return text.replace(/^\n +(?=[^\s#-])/, '');
}

const document = fc
  .array(fc.tuple(key, value), {minLength: 1, maxLength: 5})
  .map(members => members.map(([name, member]) => `${name}: ${member(0, false)}\n`).join(''))
  .map(text => `x: &x {a: 1, b: two}\ny: &y\n- 1\n- ~\n${text}`);

/** A stream of some documents. */
export const manifests: fc.Arbitrary<string> = fc
  .array(document, {minLength: 1, maxLength: 2})
  .map(documents => documents.join('---\n'));
