import {runtimeClass} from '../../src/controls/runtimeClass.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const naming = (runtimeClassName: string) => podWith({runtimeClassName});
const allow = (allowedRuntimeClassNames: readonly string[], defaultRuntimeClassName?: string) => ({
  runtimeClass: {allowedRuntimeClassNames, defaultRuntimeClassName} satisfies JsonObject,
});
const field = 'spec.runtimeClass.allowedRuntimeClassNames';

testControl(runtimeClass, {
  admits: [
    {when: 'any class if unset', pod: naming('x')},
    {when: 'any class under *', spec: allow(['*']), pod: naming('x')},
    {when: 'a listed class', spec: allow(['x', 'y']), pod: naming('y')},
    {when: 'a pod that names none, under an empty list', spec: allow([]), pod: pod()},
  ],
  denies: [
    {
      when: 'any class under an empty list, without a reason',
      spec: allow([]),
      pod: naming('x'),
      because: ['spec.runtimeClassName: Invalid value: "x"'],
    },
    {
      when: 'a class that is not listed',
      spec: allow(['x']),
      pod: naming('z'),
      because: ['spec.runtimeClassName: Invalid value: "z"'],
    },
  ],
  changes: [
    {
      when: 'a pod that names none',
      spec: allow(['x'], 'x'),
      pod: pod(),
      writes: {'/spec/runtimeClassName': 'x'},
    },
  ],
  needs: [
    {when: 'none named', spec: allow([]), pods: [pod()]},
    {when: 'the classes in use', spec: allow(['x', 'y']), pods: [naming('y'), naming('x'), pod()]},
  ],
  refuses: [
    {
      when: 'a class twice, a default that is not listed',
      spec: allow(['x', 'y', 'x'], 'z'),
      because: [
        `${field}[2]: Duplicate value: "x"`,
        `${field}: Required value: default "z" must be allowed`,
      ],
    },
    {
      when: '* beside others',
      spec: allow(['*', 'x']),
      because: [
        `${field}: Invalid value: []string{"*", "x"}: if '*' is present, must not specify other RuntimeClass names`,
      ],
    },
    {
      when: 'names that no class can have',
      spec: allow(['X'], 'X'),
      because: [`${field}[0]`, 'spec.runtimeClass.defaultRuntimeClassName'].map(
        at =>
          `${at}: Invalid value: "X": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ),
    },
  ],
  moreSettings: [
    {spec: allow(['*'], 'x')},
    {spec: allow(['x', 'y'], 'y')},
    {spec: allow(['x', 'y', 'z'])},
    {spec: {runtimeClass: {}}},
  ],
  morePods: [naming('w')],
});
