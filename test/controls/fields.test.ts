import {describe, expect, test} from 'vitest';
import {type Control, isProblem, type ValueField} from '../../src/controls/control.ts';
import {controlById, controls} from '../../src/controls/index.ts';
import {compact} from '../../src/kube/edits.ts';
import {type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {policy} from '../support/builders.ts';
import {recordedVectors} from '../support/conformance.ts';

type Field = ValueField<Policy>;

const seccomp = 'seccomp.security.alpha.kubernetes.io';
const appArmor = 'apparmor.security.beta.kubernetes.io';
const open = controls.reduce((next, control) => control.open(next), policy({}));

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

/** The policy that a field made, or an error with its problem. */
function made(result: ReturnType<Field['set']>): Policy {
  if (isProblem(result)) throw new Error(result.problem);
  return result;
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

function fieldOf(id: keyof typeof controlById, label: string): Field {
  const field = controlById[id].fields.find(one => one.label.startsWith(label));
  if (field === undefined) throw new Error(`${id} has no field ${label}`);
  return field;
}

interface Typed {
  readonly id: keyof typeof controlById;
  readonly label: string;
  readonly typed: readonly string[];
  readonly from?: Policy;
}

const good: readonly (Typed & {readonly spec?: JsonObject; readonly annotations?: JsonObject})[] = [
  {
    id: 'hostPorts',
    label: 'Allowed',
    typed: ['080', '8000 - 8080', '0-65535'],
    spec: {
      hostPorts: [
        {min: 80, max: 80},
        {min: 8000, max: 8080},
        {min: 0, max: 65535},
      ],
    },
  },
  {
    id: 'allowedHostPaths',
    label: 'Allowed',
    typed: ['/var/log', '/etc :ro', '/run (read-only)', '/srv(read-only)', '/'],
    spec: {
      allowedHostPaths: [
        {pathPrefix: '/var/log'},
        ...['/etc', '/run', '/srv'].map(pathPrefix => ({pathPrefix, readOnly: true})),
        {pathPrefix: '/'},
      ],
    },
  },
  {
    id: 'runAsUser',
    label: 'Ranges',
    typed: ['1000-9223372036854775807'],
    spec: {
      runAsUser: {
        rule: 'MustRunAs',
        ranges: [{min: 1000, max: parseJson('9223372036854775807')}],
      },
    },
  },
  {
    id: 'fsGroup',
    label: 'Ranges',
    typed: ['7'],
    from: policy({fsGroup: {rule: 'MayRunAs', ranges: [{min: 1, max: 2}]}}),
    spec: {fsGroup: {rule: 'MayRunAs', ranges: [{min: 7, max: 7}]}},
  },
  {
    id: 'seLinux',
    label: 'Level',
    typed: ['s0:c1,c2'],
    spec: {seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1,c2'}}},
  },
  {
    id: 'seLinux',
    label: 'Rule',
    typed: ['MustRunAs'],
    spec: {seLinux: {rule: 'MustRunAs', seLinuxOptions: {}}},
  },
  {id: 'runAsUser', label: 'Rule', typed: ['RunAsAny'], spec: {runAsUser: {rule: 'RunAsAny'}}},
  {
    id: 'allowedFlexVolumes',
    label: 'Allowed',
    typed: ['example/lvm'],
    spec: {allowedFlexVolumes: [{driver: 'example/lvm'}]},
  },
  {
    id: 'allowedProcMountTypes',
    label: 'Allowed',
    typed: [],
    spec: {},
  },
  {
    id: 'seccomp',
    label: 'Allowed',
    typed: ['localhost/a.json', 'unconfined'],
    annotations: {[`${seccomp}/allowedProfileNames`]: 'localhost/a.json,unconfined'},
  },
  {id: 'seccomp', label: 'Allowed', typed: [], annotations: {}},
  {
    id: 'appArmor',
    label: 'Default',
    typed: ['localhost/a'],
    annotations: {[`${appArmor}/defaultProfileName`]: 'localhost/a'},
  },
  {
    id: 'runtimeClass',
    label: 'Default',
    typed: ['gvisor'],
    spec: {
      runtimeClass: {allowedRuntimeClassNames: ['*'], defaultRuntimeClassName: 'gvisor'},
    },
  },
  {
    id: 'runtimeClass',
    label: 'Classes',
    typed: ['those listed'],
    spec: {runtimeClass: {allowedRuntimeClassNames: []}},
  },
  {
    id: 'allowPrivilegeEscalation',
    label: 'Where',
    typed: ['false'],
    spec: {allowPrivilegeEscalation: true, defaultAllowPrivilegeEscalation: false},
  },
];

describe('typed entries', () => {
  test.each(good)('$id, $label: $typed', ({id, label, typed, from, spec = {}, annotations}) => {
    const control = controlById[id];
    const before = from === undefined ? open : control.copy(from, open);
    const after = made(fieldOf(id, label).set(before, typed));
    const {metadata} = policy(spec, {annotations: annotations ?? {}});
    // Copied onto a policy that has nothing, the control is all there is.
    const alone = compact(control.copy(after, policy({}, {annotations: {}})));
    expect(alone).toEqual(compact({metadata, spec}));
  });

  const mustRunAs = policy({runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]}});
  const bad: readonly (Typed & {readonly problem: string})[] = [
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['http'],
      problem: '"http" is no port: type 80 or 8000-8080',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['80-'],
      problem: '"80-" is no port: type 80 or 8000-8080',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['80, 443'],
      problem: '"80, 443" is no port: type 80 or 8000-8080',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['1-65536'],
      problem: 'the highest port is 65535',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['90-80'],
      problem: '90-80 ends before it begins: type 80-90',
    },
    {
      id: 'runAsUser',
      label: 'Ranges',
      typed: ['9223372036854775808'],
      problem: 'the highest user is 9223372036854775807',
    },
    {
      id: 'runAsUser',
      label: 'Ranges',
      from: mustRunAs,
      typed: [],
      problem: 'MustRunAs needs a range: keep one, or choose another rule',
    },
    {
      id: 'runAsUser',
      label: 'Rule',
      typed: ['MustRunAs'],
      problem: 'MustRunAs needs a range: add one under Ranges first',
    },
    {
      id: 'runAsGroup',
      label: 'Rule',
      typed: ['MayRunAs'],
      problem: 'MayRunAs needs a range: add one under Ranges first',
    },
    {
      id: 'runAsUser',
      label: 'Rule',
      typed: ['MayRunAs'],
      problem: '"MayRunAs" is none of MustRunAs, MustRunAsNonRoot, RunAsAny',
    },
    {
      id: 'volumes',
      label: 'Allowed',
      typed: ['secret', 'secret'],
      problem: '"secret" is in the list already',
    },
    {
      id: 'allowedHostPaths',
      label: 'Allowed',
      typed: ['var:ro'],
      problem: '"var:ro" does not begin with a slash: type /var/log',
    },
    {
      id: 'seccomp',
      label: 'Allowed',
      typed: ['unconfined,runtime/default'],
      problem: 'a comma ends a name: add one at a time',
    },
    {
      id: 'seccomp',
      label: 'Default',
      typed: ['unconfined', 'runtime/default'],
      problem: 'only 1 can be here: remove the other first',
    },
    {id: 'volumes', label: 'Allowed', typed: [' '], problem: 'nothing typed: type configMap or *'},
  ];
  test.each(bad)('$id, $label: $typed: $problem', ({id, label, typed, from, problem}) => {
    const before = from === undefined ? open : controlById[id].copy(from, open);
    expect(fieldOf(id, label).set(before, typed)).toEqual({problem});
  });
});

test('the choices are all that there is', () => {
  expect(fieldOf('capabilities', 'May be').choices).toHaveLength(42); // Linux has 41, and `*`
  expect(fieldOf('volumes', 'Allowed').choices).toHaveLength(30); // 29 types, and `*`
});
