import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Json} from '../../src/kube/json.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {runsOf} from '../support/run/runs.ts';
import {cases} from './cases.ts';
import {type Difference, difference} from './compare.ts';
import {read, refused} from './differences.ts';
import {askKubectl} from './kubectl.ts';
import {manifests, scalar} from './manifests.ts';

const inPlace = fc
  .tuple(
    scalar,
    fc.constantFrom('v: @', '@: v', '- @', '[@, @]', 'v: "@"', "v: '@'", 'v: !!float @'),
  )
  .map(([text, place]) => place.replaceAll('@', () => text));

// No lone backslash: JSON.parse of Node 24 takes a key that ends in one for a key that ends in a quote.
// biome-ignore format: texts, several a line
const pieces = [
  'a', 'b', 'a: ', '- ', '? ', ': ', ':', '-', '?', ',', '[', ']', '{', '}', '"', "'", '|', '>',
  '|-', '>+', '|2', '>-1', '\n', '\n', '\n', '\n  ', '\n    ', '\n ', ' ', ' ', '\t', '#', ' #c',
  '&x ', '*x', '!!str ', '!t ', '! ', '<<: ', '<<', '1', '0x1f', '1.5', '~', 'yes', '\\n',
  '\\\n', '---', '\n---\n', '\n...\n', '@', '`', '""', "''", '\r', '\r\n', 'é', '\u2028', '\x85',
  'k: v', 'x: [', 'y: {', '"q": ', '!!int ', '="', '=', '*', '&', '!', '.', '_',
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

/** Documents that are lists or mappings: what else stands alone is not an object to anyone. */
const isManifest = (documents: readonly Json[]): boolean =>
  documents.every(document => typeof document === 'object');

describe.runIf(hasReference('yaml-reference'))("kubectl's reader, asked now", () => {
  test('reads the recorded streams as we do, but for the known differences', () => {
    const known = new Set([...refused, ...read]);
    expect(texts(differences(cases.filter(input => !known.has(input))))).toEqual([]);
  });

  test.each([
    ['scalars', inPlace],
    ['manifests', manifests],
    ['damaged JSON', damaged(json, jsonPieces).filter(text => text.startsWith('{'))],
  ])('reads random %s as we do', (_name, stream) => {
    const {seed, streams} = random(stream);
    expect(texts(differences(streams)), `seed ${seed}`).toEqual([]);
  });

  test.each([
    ['pieces of syntax', soup],
    ['damaged manifests', damaged(manifest, pieces)],
  ])('does not read random %s otherwise than we do, where both read them', (_name, stream) => {
    const {seed, streams} = random(stream);
    const found = differences(streams).filter(
      ({refusedBy, documents}) => refusedBy === undefined && isManifest(documents),
    );
    expect(texts(found), `seed ${seed}`).toEqual([]);
  });
});

function random(stream: fc.Arbitrary<string>): {seed: number; streams: readonly string[]} {
  const seed = Date.now() % 2 ** 31;
  return {seed, streams: fc.sample(stream, {seed, numRuns: runsOf(3000)})};
}

type Found = Difference & {readonly documents: readonly Json[]};

function differences(streams: readonly string[]): readonly Found[] {
  const answers = askKubectl(streams);
  if (answers.length !== streams.length) throw new Error('yaml-reference left streams out');
  return streams.flatMap((input, index) => {
    const found = difference(input, answers[index]);
    return found === undefined ? [] : {...found, documents: answers[index]?.documents ?? []};
  });
}

function texts(found: readonly Difference[]): readonly string[] {
  return found.map(({text}) => text);
}
