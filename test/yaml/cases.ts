/*
 * Streams that show how kubectl reads YAML and JSON; what it makes of each is recorded in
 * test/fixtures/yaml/recorded.json by record.ts.
 */

// biome-ignore format: streams, several a line
const scalars: readonly string[] = [
  'y', 'n', 'Y', 'N', 'yes', 'NO', 'On', 'oFF', 'off', 'true', 'tRUE', 'False',
  '~', 'null', 'Null', 'nULL', '', '<<', '=', '!', '-', '+', '.', '..', '_1', '-_',
  '0', '00', '07', '08', '010', '0777', '0o17', '0O17', '0o', '0o8', '-0', '+0', '+_1', '1_',
  '0x1F', '0X1f', '-0x1F', '+0x1F', '0x', '0xg', '0x_1F', '1_000', '1__0', '0b101', '-0b101',
  '0B11', '0b', '0b2', '.5', '.5e3', '-.5', '+.5', '.1_0', '._1', '1.', '1.e3', '1e3', '1E+3',
  '1.0', '1.50', '-0.0', '1e-7', '1.5e-7', '1e-6', '1e20', '1e21', '1e', '1e+', 'e3', '1_0.5_0',
  '9007199254740993', '9007199254740993.0', '9223372036854775807', '9223372036854775808',
  '-9223372036854775808', '-9223372036854775809', '18446744073709551615',
  '18446744073709551616', '+9223372036854775808', '123456789012345678901',
  '0777777777777777777777777', '0xffffffffffffffff', '0x1ffffffffffffffff', '1e400', '.1e400',
  '.inf', '-.inf', '+.Inf', '.nan', '-.nan', 'inf', 'nan', 'infinity', '0x1p-2',
  '2001-01-01', '2001-01-01T00:00:00Z', '12:30', '12:30:45', '190:20:30.15', '1.2.3', '10.0.0.1',
  '1234567.8', '123456.7', '0.00001', '0.0001', '16777217.0', '0.30000000000000004', '1e300',
];

const inScalars = scalars.flatMap(text => [
  `v: ${text}`,
  `${text}: v`,
  `v: "${text}"`,
  `[${text}]`,
  ...['int', 'float', 'str', 'bool', 'null', 'timestamp'].map(type => `v: !!${type} ${text}`),
  `v: !own ${text}`,
  `v: ! ${text}`,
]);

// biome-ignore format: streams, several a line
const times = [
  '2001-02-29', '2000-02-29', '2001-1-1', '2001-13-01', '2001-00-01', '2001-01-00',
  '2001-01-01 1:2:3', '2001-01-01  1:2:3', '2001-01-01t1:2:3Z', '2001-01-01T1:2:3+01:00',
  '2001-01-01T1:2:3+1:00', '2001-01-01T1:2:3+24:60', '2001-01-01T1:2:3+25:00',
  '2001-01-01T24:00:00Z', '2001-01-01T23:60:00Z', '2001-01-01T23:00:60Z',
  '2001-01-01T1:2:3.5Z', '2001-01-01T1:2:3.Z', '2001-01-01 1:2:3 Z', '2001-01-01T1:2:3',
].map(text => `v: !!timestamp ${text}`);

// biome-ignore format: streams, several a line
const structures: readonly string[] = [
  'a:\n- 1\n- 2\n', 'a:\n  - b: 1\n    c: 2\n', '- - 1\n  - 2\n-\n  - 3\n', '- a: 1\n  b:\n  - c\n',
  'a: {\n  b: 1\n}\n', 'a:\n  command: [\n    "x"\n  ]\n', 'a: "x\ny"\n', 'a: {b: "c",\n"d": e}',
  'a: [1, 2,]', '---\n{a: 1, b}', '[,]', '[a b, c: d]', '[a?b]', '[-]', '[-1, - 2]', '[a:]',
  '\n{a:}',
  '---\n{"a":1}', '[? a : b]', '[? : a]', '[?]', '---\n{?}', '[: a]', '---\n{a :1}', '[[a: b]: c]',
  '? a\n: b\n? c\n', '? [1]\n: a', '[1]: a', '---\n{a: 1}: b', ': a', '?', '- ? a\n  : - b',
  'a: b: c', 'a: "b" c', 'a: - b', 'a\nb: c', 'a: 1\nb\nc: 2', 'a: 1\n b: 2', 'a:\n  b: 1\n c: 2',
  'a: @x', 'a: `x', 'a: %x', 'a: b%@`', '%YAML 1.1\n---\na: 1', 'a: |x', 'a: ,', 'a: ]',
  '"a" b', '[a] b', '---\n{a: 1}}', '---\n{a: 1} b: 2', '[]x: {', 'a: 1\n...\nrest: [', '...\na: 1',
  ...['k'.repeat(1024), 'k'.repeat(1025), '😀'.repeat(1000)].map(key => `${key}: 1`),
  'a: b # c', 'a: b#c', 'a: "b"#c', 'a: # c\n  b', 'a: b\n# c\n  d', 'a: b\n  # c\n', '# only',
  'a:\tb', '-\tb', 'a:\n\tb: 1', 'a: b\t\n', 'a: b\n\t\nc: d', 'a: x\n\ty', '[\n\ta,\n\tb]',
  '\ta: 1',
];

// biome-ignore format: streams, several a line
const texts: readonly string[] = [
  'a: x\n  y\n\n  z\n', "a: 'it''s'", "a: 'x\n\n  y'", 'a: "x \\\n   y"', 'a: "x\\\n\n  y"',
  'a: "x  \n  y"',
  'a: "\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\\0\\a\\e\\ \\\t"', 'a: "\\\'"', 'a: "\\/"', 'a: "\\q"',
  'a: "\\ud83d\\ude00"', 'a: "\\U00110000"', 'a: "\\x4"', 'a: "x', "a: 'x", 'a: "x\n---\ny"',
  'a: |\n  x\n   y\n\n  z\n\n', 'a: |-\n  x\n\n', 'a: |+\n  x\n\n',
  'a: >\n  x\n  y\n\n  z\n   w\n  v\n',
  'a: >-\n  x\n  y\n', 'a: >+\n  x\n\nb: 1', 'a: |2\n   x\n', 'a: |1-\n  x\n', 'a: |-1\n  x\n',
  'a: |0\n x',
  'a: |\nb: 1', 'a: |', '|\n x', '- |\n  x\n- y', 'a: |\n\n   \n  x\n', 'a: |\n \tx\n',
  'a: |\n\tx\n',
  'a: | # c\n  x\n', 'a: |\n  # x\n', 'a: |\n  x\n # c\nb: 1', 'a: >\n\n  x\n',
  'a: |\n  x\n---\n  y\n',
  'a: 1\r\nb: |\r\n  x\r\n  y\r\n', 'a: 1\rb: 2', 'a: x\u2028b: y', 'a: x\x85b: y', 'a: "x\u2028y"',
  'a: "x\x85y"',
  '\ufeffa: 1', 'a: \ufeffb', 'a: 1\n---\n\ufeffb: 1', 'a: \x07', 'a: \x7f', 'a: "\x9f"',
  'a: \ud7ff\ue000',
  'a: é😀', '😀: - a', '"😀": {b: c}',
];

// biome-ignore format: streams, several a line
const properties: readonly string[] = [
  'a: &a 1\nb: *a', 'a: &a {b: [1]}\nc: *a', 'a: *b', 'a: &a [*a]', 'a: &a {b: *a}', '&a a: *a',
  '*a: 1',
  'a: &x 1\nb: &x 2\nc: *x', 'a: &a\nb: *a', 'a: &a.b 1', 'a: &', 'a: *', '&a &b c',
  '- &a x\n- *a : 1',
  '!!str &x a', '&a !!str x', '!a &b !c x', 'a: !!str\nb: !!int', 'a: !!map [1]', 'a: !!seq {}',
  'a: !!set x',
  'a: !<tag:yaml.org,2002:str> 1', 'a: !<!x> 1', 'a: !x!y 1', 'a: !!', 'a: !%41 1', 'a: !% 1',
  '[!!str, a]',
  'v: !!binary aGVsbG8=', 'v: !!binary |\n  aGVs\n  bG8=\n', 'v: !!binary aGVsbG8', 'v: !!int "12"',
  '<<: {a: 1}', 'a: 1\n<<: {a: 2}', '<<: {a: 2}\na: 1', '"<<": 1', '!!merge <<: {a: 1}', '<<: 1',
  '<<:',
  '<<: [{a: 1}, [1]]', '<<: [{a: 1}, {a: 2, b: 3}]', 'x: &x [1]\nz: {<<: *x}',
  'x: &x [{a: 1}]\nz: {<<: *x}', '! <<: {a: 1}', '<<: {a: 1}\n<<: {a: 2}',
  'x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {<<: [*x, *y], c: 1}\nw: {<<: *x, <<: *y}',
  'x: &x {a: 1}\ny: &y {<<: *x, b: 1}\nz: {<<: *y}',
  '__proto__: 1', 'a: {__proto__: {b: 1}, constructor: 2}', '<<: {__proto__: 1}',
  `a: &a [${'x,'.repeat(9)}]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]\n`).join('')}`,
];

// biome-ignore format: streams, several a line
const streams: readonly string[] = [
  '', '\n\n', '# c\n---\n# d\n---\na: 1', '---\n---\na: 1\n---', '---\na: 1\n---\nb: 2\n',
  'a: 1\n--- # c\nb: 2',
  '--- a', 'a: 1\n--- b', '---a', '----', 'a: 1\n---\r\nb: 2', 'a: 1\n ---\nb: 2', '---\t\na: 1',
  '---\x85\na: 1',
  'null', '~\n---\na: 1', 'text', '- 1', 'a: 1\n---\nb: [\n---\nc: 1',
  '{"a": 1} {"b":2}', '{"a": 1}\n{"b": 2}\n', '{"a": 1}\n---\n{"b": 2}',
  '{"a": 1} null [1] "x" true', '{a: 1}',
  '{"a": 1,}', '{"a": [1,]}', '{"a" 1}', '{"a":[1,2}', '{', '{"', '{"a":tru}', '{"a":true}x',
  '{"a":1}]', '{"a": 01}',
  '{"a": "\t"}',
  '{"a": "\\q"}',
  '{"a": 1.0, "b": 1e3, "c": 12345678901234567890, "d": 0.1, "e": -0}',
  '{"a": "\\ud83d\\ude00\\u0041\\/"}', '{"__proto__": {"a": 1}}', '\x85{"a":1}', '[{"a": 1}]',
  '{"a":1}\nb: 2',
  ...[' '.repeat(4095), ' '.repeat(4096), '\u2003'.repeat(1400)].map(space => `${space}{a: 1}`),
  `${' '.repeat(4095)}{"a": 1}{"b": 1}`,
];

export const cases: readonly string[] = [
  ...new Set([...inScalars, ...times, ...structures, ...texts, ...properties, ...streams]),
];
