/*
 * Streams of cases.ts that we read otherwise than kubectl: js-yaml reads YAML 1.2, kubectl YAML 1.1
 * as gopkg.in/yaml.v2 has it. No manifest needs any of them.
 */

/** What kubectl reads and we refuse. */
// biome-ignore format: streams, several a line
export const refused: readonly string[] = [
  // A "-" or a text that ends in ":" as an item within brackets.
  '[-]', '[a:]',
  // kubectl drops what follows the document's only value.
  '"a" b', '[a] b', '---\n{a: 1}}', '[]x: {', 'a: 1\n...\nrest: [',
  'a: "b"#c',
  // In double quotes: \' and an escaped line break before an empty line.
  'a: "\\\'"', 'a: "x\\\n\n  y"',
  // NEL, LS and PS, which end a line in YAML 1.1 only; as escapes they are read.
  'a: x\u2028b: y', 'a: x\x85b: y', 'a: "x\u2028y"', 'a: "x\x85y"', '---\x85\na: 1',
  // kubectl drops the value after a second anchor or tag.
  '&a &b c', '!a &b !c x',
  // A tag that goes on past a comma.
  '[!!str, a]',
  // The first merges in kubectl; to tell them apart is not worth it.
  '! <<: {a: 1}', 'v: ! <<',
];

/** What we read and kubectl refuses. */
export const read: readonly string[] = [
  // `...` before the first document.
  '...\na: 1',
  // A key of more than 1024 characters.
  `${'k'.repeat(1025)}: 1`,
  `${'\u2003'.repeat(1400)}{a: 1}`,
  // Tabs where there is nothing to indent.
  '-\tb',
  'a: b\n\t\nc: d',
  'a: |\n \tx\n',
  // An alias of a list after <<, whose items must be named there.
  'x: &x [{a: 1}]\nz: {<<: *x}',
];
