import fc from 'fast-check';
import {CORE_SCHEMA, load, YAML11_SCHEMA} from 'js-yaml';
import {describe, expect, test} from 'vitest';
import {printYaml, readDocuments} from '../../src/yaml/documents.ts';
import {runsOf} from '../support/run/runs.ts';

function reread(text: string): unknown {
  return readDocuments(text, 'printed').map(({value}) => value)[0] ?? null;
}

const psp = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {
    name: '123',
    labels: {on: 'yes', empty: ''},
    annotations: {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*', text: 'a\n b\n'},
  },
  spec: {
    privileged: false,
    volumes: ['*', 'configMap'],
    hostPorts: [
      {min: 0, max: 9223372036854775807n},
      {min: 8080, max: 8080},
    ],
    runAsUser: {rule: 'MustRunAs', ranges: []},
    seLinux: {},
    nested: [[1, 2], [{a: null}]],
    undefined,
  },
};

describe('printYaml', () => {
  test('writes as kubectl does', () => {
    expect(printYaml(psp)).toBe(`apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: "123"
  labels:
    "on": "yes"
    empty: ""
  annotations:
    seccomp.security.alpha.kubernetes.io/allowedProfileNames: '*'
    text: |
      a
       b
spec:
  privileged: false
  volumes:
  - '*'
  - configMap
  hostPorts:
  - min: 0
    max: 9223372036854775807
  - min: 8080
    max: 8080
  runAsUser:
    rule: MustRunAs
    ranges: []
  seLinux: {}
  nested:
  - - 1
    - 2
  - - a: null
`);
  });

  test('writes comments above what they are about', () => {
    const comments = new Map([
      ['', ['top', '']],
      ['/spec/hostPorts', ['two ranges']],
      ['/spec/hostPorts/1', ['second']],
      ['/spec/hostPorts/1/min', ['first key of an item']],
      ['/spec/hostPorts/1/max', ['not\nprivileged: true', 'nor\u2028this\r\x1b[31m']],
      ['/a~1b', ['slash']],
    ]);
    const value = {spec: {hostPorts: [{min: 1}, {min: 2, max: 3}]}, 'a/b': '|\n x\n'};
    const text = printYaml(value, {comments});
    expect(text).toBe(`# top
#
spec:
  # two ranges
  hostPorts:
  - min: 1
  # second
  # first key of an item
  - min: 2
    # not\\nprivileged: true
    # nor\\u2028this\\u000d\\u001b[31m
    max: 3
# slash
a/b: |
  |
   x
`);
    expect(reread(text)).toEqual(value);
  });

  // biome-ignore format: texts, several a line
  test.each([
    'y', 'N', 'yes', 'Off', 'TRUE', 'null', '~', '', 'None', '<<', '=', '.inf', '-.NaN', '1', '-1',
    '0o17', '0x1f', '0b1', '1_000', '1e3', '.5', '1.', '12:30:45', '2001-01-01', '+1', '0777',
    '1e+3',
    '- a', '-', '? a', ': a', 'a: b', 'a:', 'a #b', '#a', ' a', 'a ', '&a', '*a', '!a', '|', '>',
    "'a", '"a',
    '%a', '@a', '`a', '{a', '[a', 'a\tb', 'a\rb', '\x85', '\u2028', '\ufeff', '---', '... ',
    '--- a', '\x00',
    'a\nb', 'a\n', '\na', ' a\nb', 'a\n\n', 'a\n b', 'a \nb', '# a\nb', '\ta\nb', 'a\n---\nb',
    'a\n...\n', '\n',
    '8080-9090', '1.2.3.4', 'a,b', "it's", '😀', 'é', '-x', '--flag=1', '--- ', 'NO ',
    'x'.repeat(3000),
  ])('every reader gets %j back, as a value and as a key', text => {
    for (const value of [text, {v: text}, {[text]: 'v'}, [text], [[{[text]: [text, {a: text}]}]]]) {
      const printed = printYaml(value);
      expect(reread(printed)).toEqual(value);
      expect(load(printed, {schema: YAML11_SCHEMA})).toEqual(value);
      expect(load(printed, {schema: CORE_SCHEMA})).toEqual(value);
    }
  });

  test('every reader gets any value back', () => {
    const key = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.constantFrom('a', 'on', '1', '__proto__x'),
    );
    const {tree} = fc.letrec(tie => ({
      leaf: fc.oneof(
        fc.string({unit: 'binary'}),
        fc.string({unit: fc.constantFrom(...'ab01 \n:-#\'"[]{}|>&*!%@`,?~\\\t.')}),
        fc.integer(),
        fc.double({noNaN: true, noDefaultInfinity: true}).map(number => number + 0),
        fc.boolean(),
        fc.constant(null),
      ),
      tree: fc.oneof(
        {depthSize: 'small'},
        tie('leaf'),
        fc.array(tie('tree'), {maxLength: 4}),
        fc.dictionary(key, tie('tree'), {maxKeys: 4, noNullPrototype: true}),
      ),
    }));
    fc.assert(
      fc.property(tree, value => {
        const text = printYaml(value);
        const expected = JSON.parse(JSON.stringify(value));
        // Whole numbers are of one kind in JSON, so a large one comes back as an exact integer.
        expect(JSON.parse(JSON.stringify(reread(text), numbers))).toEqual(expected);
        expect(load(text, {schema: YAML11_SCHEMA})).toEqual(expected);
        expect(load(text, {schema: CORE_SCHEMA})).toEqual(expected);
      }),
      {numRuns: runsOf(500)},
    );
  });

  test('comments never change the value', () => {
    fc.assert(
      fc.property(fc.array(fc.string({unit: 'binary'})), lines => {
        const comments = new Map(['', '/a', '/a/0', '/a/0/b', '/a/1', '/c'].map(at => [at, lines]));
        const value = {a: [{b: 'x\ny'}, 'z\n'], c: {}};
        expect(reread(printYaml(value, {comments}))).toEqual(value);
      }),
    );
  });

  test('replaces what YAML has no way to write', () => {
    expect(reread(printYaml({a: '\ud800x'}))).toEqual({a: '\ufffdx'});
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('x')])('refuses %s', value => {
    expect(() => printYaml({a: value})).toThrow(TypeError);
  });
});

function numbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
