import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {hasReference} from '../support/reference.ts';
import {cases} from './cases.ts';
import {difference} from './compare.ts';
import {askKubectl} from './kubectl.ts';

const scalar = fc.oneof(
  fc.string({unit: fc.constantFrom(...'0123456789abefxonyNYO._-+:~'), maxLength: 12}),
  fc.string({unit: fc.constantFrom(...'0123456789.eE+-_'), maxLength: 22}),
  fc.bigInt({min: -(2n ** 66n), max: 2n ** 66n}).map(String),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
  fc.string({unit: 'grapheme-composite', maxLength: 8}).map(text => text.replaceAll('\0', '')),
);

const inPlace = fc
  .tuple(
    scalar,
    fc.constantFrom('v: @', '@: v', '- @', '[@, @]', 'v: "@"', "v: '@'", 'v: !!float @'),
  )
  .map(([text, place]) => place.replaceAll('@', () => text));

const pieces = [
  ...[
    'a',
    'b',
    'a: ',
    '- ',
    '? ',
    ': ',
    ':',
    '-',
    '?',
    ',',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
  ],
  ...[
    '|-',
    '>+',
    '|2',
    '>-1',
    '\n',
    '\n',
    '\n',
    '\n  ',
    '\n    ',
    '\n ',
    ' ',
    ' ',
    '\t',
    '#',
    ' #c',
  ],
  ...[
    '&x ',
    '*x',
    '!!str ',
    '!t ',
    '! ',
    '<<: ',
    '<<',
    '1',
    '0x1f',
    '1.5',
    '~',
    'yes',
    '\\',
    '\\n',
  ],
  ...[
    '\\\n',
    '---',
    '\n---\n',
    '\n...\n',
    '@',
    '`',
    '""',
    "''",
    '\r',
    '\r\n',
    'é',
    '\u2028',
    '\x85',
  ],
  ...['k: v', 'x: [', 'y: {', '"q": ', '!!int ', '="', '=', '*', '&', '!', '.', '_'],
];
const soup = fc
  .array(fc.constantFrom(...pieces), {minLength: 1, maxLength: 16})
  .map(parts => `\n${parts.join('')}`);

const manifest = `# a comment
apiVersion: v1
kind: Pod
metadata:
  name: "a pod"   # trailing
  labels: {app: web, 'tier': "x", n: 1,}
  annotations:
    text: |
      line one
        line two

      line three
    folded: >-
      some
      folded

        more
      text
    quoted: "a \\
      b\\tc
      d"
spec:
  securityContext: &sc
    runAsUser: 0777
    fsGroup: 1_000
  containers:
  - name: a
    command: [
      "sh", -c,
      'it''s'
    ]
    securityContext: {<<: *sc, privileged: yes}
    ports:
      - containerPort: 80
        hostPort: 0x50
  - image: foo:1.2
    args: ["--x=y", --z: 1]
---
- 1
- - 2
  - ? complex
    : value
`;
const json = `${JSON.stringify({kind: 'Pod', spec: {a: [1, 2.5, {b: null, c: [true, []]}], d: 'x\n"é'}}, null, 1)}
{"k": []}`;

/** A text with some places changed: something left out and something put in. */
function damaged(text: string, inserts: readonly string[]): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(text.length), fc.nat(3), fc.constantFrom('', ...inserts));
  return fc
    .array(damage, {minLength: 1, maxLength: 4})
    .map(damages =>
      damages.reduce(
        (whole, [at, gone, put]) => whole.slice(0, at) + put + whole.slice(at + gone),
        text,
      ),
    );
}

const jsonPieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"b":',
  '1',
  '-1.5e3',
  'true',
  '\\',
  '01',
  '"',
];

describe.runIf(hasReference('yaml-reference'))("kubectl's reader, asked now", () => {
  test('reads the recorded streams as we do', () => {
    expect(differences(cases)).toEqual([]);
  });

  test.each([
    ['scalars', inPlace],
    ['pieces of syntax', soup],
    ['damaged manifests', damaged(manifest, pieces)],
    ['damaged JSON', damaged(json, jsonPieces)],
  ])('reads random %s as we do', (_name, stream) => {
    const seed = Date.now() % 2 ** 31;
    const streams = fc.sample(stream as fc.Arbitrary<string>, {seed, numRuns: 3000});
    expect(differences(streams), `seed ${seed}`).toEqual([]);
  });
});

function differences(streams: readonly string[]): readonly string[] {
  const answers = askKubectl(streams);
  if (answers.length !== streams.length) throw new Error('yaml-reference left streams out');
  return streams.flatMap((input, index) => difference(input, answers[index]) ?? []);
}
