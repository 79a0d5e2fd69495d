import {describe, expect, test} from 'vitest';
import {controlById} from '../../src/controls/index.ts';
import {compact} from '../../src/kube/edits.ts';
import {type JsonObject, parseJson} from '../../src/kube/json.ts';
import type {Policy} from '../../src/kube/objects.ts';
import {policy} from '../support/builders/policies.ts';
import {fieldOf, made, open} from './fieldsOf.ts';

const seccomp = 'seccomp.security.alpha.kubernetes.io';
const appArmor = 'apparmor.security.beta.kubernetes.io';

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
      problem: '"http" is not a port: type 80 or 8000-8080',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['80-'],
      problem: '"80-" is not a port: type 80 or 8000-8080',
    },
    {
      id: 'hostPorts',
      label: 'Allowed',
      typed: ['80, 443'],
      problem: '"80, 443" is not a port: type 80 or 8000-8080',
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
      problem: '"MayRunAs" is not one of MustRunAs, MustRunAsNonRoot, RunAsAny',
    },
    {
      id: 'volumes',
      label: 'Allowed',
      typed: ['secret', 'secret'],
      problem: '"secret" is already in the list',
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
