import {describe, expect, test} from 'vitest';
import {type Control, isProblem} from '../../src/controls/control.ts';
import {controls} from '../../src/controls/index.ts';
import {compact} from '../../src/kube/edits.ts';
import {parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {policy} from '../support/builders/policies.ts';
import {recordedVectors} from '../support/kubernetes/conformance.ts';
import {type Field, fieldOf, made, open} from './fieldsOf.ts';

const seccomp = 'seccomp.security.alpha.kubernetes.io';
const appArmor = 'apparmor.security.beta.kubernetes.io';

/** What the API server or admission refuses, or nobody writes, but can be read. */
const odd: readonly Policy[] = [
  policy({}),
  policy({
    runAsUser: {rule: 'MustRunAs'},
    fsGroup: {rule: 'MayRunAs', ranges: []},
    supplementalGroups: {rule: 'Foo', ranges: [{min: 1, max: 2}]},
    runAsGroup: {rule: 'MustRunAs', ranges: [{min: 9, max: 3}, {min: -5, max: -3}, {}, {}]},
    seLinux: {rule: 'MustRunAs'},
    hostPorts: [{min: -1, max: 2147483647}, {min: 9, max: 1}, {}],
    volumes: ['', '(empty)', ' secret', '*', '*', 'nothing'],
    allowedCapabilities: ['', 'CAP_CHOWN', 'chown', 'chown'],
    allowedHostPaths: [
      {},
      {readOnly: true},
      {pathPrefix: '/a (read-only)'},
      {pathPrefix: '/a', readOnly: true},
      {pathPrefix: '/b:ro', readOnly: true},
      {pathPrefix: 'c '},
    ],
    allowedFlexVolumes: [{}, {driver: ' x\n'}],
    allowedProcMountTypes: ['Unmasked', 'Foo', ''],
    allowedUnsafeSysctls: ['', '*', 'a/b'],
    runtimeClass: {defaultRuntimeClassName: ''},
  }),
  policy(
    {
      runAsUser: {rule: 'MustRunAs', ranges: [{min: 0, max: parseJson('9223372036854775807')}]},
      seLinux: {rule: 'MustRunAs', seLinuxOptions: {}},
      defaultAllowPrivilegeEscalation: true,
      runtimeClass: {},
    },
    {
      annotations: {
        [`${seccomp}/allowedProfileNames`]: '',
        [`${seccomp}/defaultProfileName`]: 'a,b',
        [`${appArmor}/allowedProfileNames`]: ', runtime/default,,',
      },
    },
  ),
  policy({runtimeClass: {allowedRuntimeClassNames: ['a', '*', 'a']}}),
];

const recorded = recordedVectors()
  .flatMap(({input}) => (Array.isArray(input.policies) ? input.policies : []))
  .map(raw => decodePolicy(raw));

/** The settings of one control in all policies, one each. */
function settingsOf(control: Control): readonly Policy[] {
  const own = [...odd, ...recorded].map(from => control.copy(from, open));
  return [...new Map([open, ...own].map(item => [show(item), item])).values()];
}

function show(item: Policy): string {
  return printJson(compact(item));
}

describe.each(controls)('$id', control => {
  const settings = settingsOf(control);

  test.each(control.fields)(
    '$label: what is there can be set again, and nothing changes',
    field => {
      for (const before of settings) {
        expect(show(made(field.set(before, field.get(before))))).toBe(show(before));
      }
    },
  );

  test('setting what is there says of a policy what it said before', () => {
    for (const before of [...odd, ...recorded.slice(0, 500)]) {
      for (const field of control.fields) {
        const after = made(field.set(before, field.get(before)));
        expect(control.describe(after)).toBe(control.describe(before));
        expect(show(after)).toBe(show(control.copy(before, before)));
      }
    }
  });

  test.each(control.fields)(
    '$label: a choice is set as asked, or told in one line why not',
    field => {
      // All choices under all settings would take a minute; the odd settings come first.
      const some = field.choices.length > 10 ? settings.slice(0, 25) : settings;
      for (const before of some) {
        for (const entries of choicesFrom(field, before)) {
          const after = field.set(before, entries);
          if (isProblem(after)) {
            expect(after.problem).toMatch(/^[^\n]{5,150}$/);
            continue;
          }
          expect(field.get(after)).toEqual(entries);
          expect(show(control.copy(before, after))).toBe(show(before)); // nothing else has changed
          expect(show(decodePolicy(parseJson(show(after))))).toBe(show(after));
        }
      }
    },
  );

  test.each(control.fields)('$label: every choice can be made from somewhere', field => {
    const possible = settings.flatMap(before =>
      choicesFrom(field, before)
        .filter(entries => !isProblem(field.set(before, entries)))
        .flat(),
    );
    expect(field.choices.filter(choice => !possible.includes(choice))).toEqual([]);
  });

  const lists = control.fields.filter(({kind}) => kind === 'list');
  test.each(lists)('$label: what the hint shows can be typed', field => {
    for (const text of field.hint.split(' or ')) {
      const after = made(field.set(open, [` ${text} `]));
      expect(field.get(after)).toEqual([text]);
      expect(isProblem(field.set(after, [...field.get(after), text]))).toBe(true); // there already
    }
  });

  test.each(lists)('$label: empty and unprintable texts are refused', field => {
    for (const text of ['', ' ', '(empty)', 'a\nb', '\u001b[2J']) {
      const after = field.set(open, [text]);
      expect(after).toEqual({problem: expect.stringMatching(/^[^\n\u001b]{5,150}$/)});
    }
  });

  const choices = control.fields.filter(({kind}) => kind === 'choice');
  test.each(choices)('$label: is one of the choices', field => {
    const [first = '', second = ''] = field.choices;
    for (const entries of [[], [first, second], ['nothing\nof these']]) {
      expect(field.set(open, entries)).toEqual({problem: expect.stringMatching(/^[^\n]{5,150}$/)});
    }
  });
});

function choicesFrom(field: Field, before: Policy): readonly (readonly string[])[] {
  const now = field.get(before);
  if (field.kind === 'choice') return field.choices.map(choice => [choice]);
  return field.choices
    .filter(choice => !now.includes(choice))
    .flatMap(choice => [[choice], [...now, choice]]);
}

test('the choices are all that there is', () => {
  expect(fieldOf('capabilities', 'May be').choices).toHaveLength(42); // Linux has 41, and `*`
  expect(fieldOf('volumes', 'Allowed').choices).toHaveLength(30); // 29 types, and `*`
});
