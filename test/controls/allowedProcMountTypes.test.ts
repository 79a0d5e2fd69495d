import {allowedProcMountTypes} from '../../src/controls/allowedProcMountTypes.ts';
import {pod, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const mounting = (procMount: string) => secured({procMount});
const allow = (...types: readonly string[]) => ({allowedProcMountTypes: types});
const denied = (type: string) =>
  `spec.containers[0].securityContext.procMount: Invalid value: "${type}": ProcMountType is not allowed`;

testControl(allowedProcMountTypes, {
  admits: [
    {when: 'a container that does not say, without a list', pod: pod()},
    {when: 'Default under an empty list', spec: allow(), pod: mounting('Default')},
    {when: 'a listed type', spec: allow('Default', 'Unmasked'), pod: mounting('Unmasked')},
  ],
  denies: [
    {when: 'Unmasked without a list', pod: mounting('Unmasked'), because: [denied('Unmasked')]},
    {
      when: 'Default where the list replaces it',
      spec: allow('Unmasked'),
      pod: pod(),
      because: [denied('Default')],
    },
    {
      when: 'everything under *, which means nothing here',
      spec: allow('*'),
      pod: mounting('Unmasked'),
      because: [denied('Unmasked')],
    },
  ],
  needs: [
    {when: 'Default, by no list', pods: [pod(), mounting('Default')]},
    {when: 'Unmasked alone', spec: allow('Unmasked'), pods: [mounting('Unmasked')]},
    {when: 'both', spec: allow('Default', 'Unmasked'), pods: [mounting('Unmasked'), pod()]},
  ],
  refuses: [
    {
      when: 'an unknown type',
      spec: allow('Default', '*'),
      because: [
        'spec.allowedProcMountTypes[1]: Unsupported value: "*": supported values: "Default", "Unmasked"',
      ],
    },
  ],
  moreSettings: [{spec: allow('Default', 'Default')}, {spec: allow('Unmasked', 'Unmasked')}],
});
