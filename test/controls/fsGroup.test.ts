import {fsGroup} from '../../src/controls/fsGroup.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const owned = (group: number) => podWith({securityContext: {fsGroup: group}});
const rule = (name: string, ...ranges: readonly (readonly [number, number])[]) => ({
  fsGroup: {rule: name, ranges: ranges.map(([min, max]) => ({min, max}))},
});
const any = {fsGroup: {rule: 'RunAsAny'}};
const at = 'spec.securityContext.fsGroup';

testControl(fsGroup, {
  admits: [
    {when: 'any group under RunAsAny', spec: any, pod: owned(0)},
    {when: 'a group in a range', spec: rule('MustRunAs', [10, 20]), pod: owned(20)},
    {when: 'no group under MayRunAs', spec: rule('MayRunAs', [10, 20]), pod: pod()},
    {when: 'a group in a second range', spec: rule('MayRunAs', [1, 2], [10, 20]), pod: owned(10)},
  ],
  denies: [
    {
      when: 'a group in no range',
      spec: rule('MustRunAs', [10, 20]),
      pod: owned(0),
      because: [`${at}: Invalid value: []int64{0}: group 0 must be in the ranges: [{10 20}]`],
    },
    {
      when: 'it under MayRunAs too',
      spec: rule('MayRunAs', [10, 20], [5, 6]),
      pod: owned(1),
      because: [`${at}: Invalid value: []int64{1}: group 1 must be in the ranges: [{10 20} {5 6}]`],
    },
  ],
  changes: [
    {
      when: 'an unset group to the start of the first range',
      spec: rule('MustRunAs', [10, 20], [1, 2]),
      pod: pod(),
      writes: {'/spec/securityContext/fsGroup': 10},
    },
  ],
  needs: [
    {when: 'a group of nobody without any', spec: rule('MayRunAs', [65534, 65534]), pods: [pod()]},
    {when: 'the groups in use', spec: rule('MustRunAs', [1, 2]), pods: [owned(2), owned(1)]},
    {when: 'leave to have none', spec: rule('MayRunAs', [2, 2]), pods: [owned(2), pod()]},
  ],
  refuses: [
    {
      when: 'a policy without a rule',
      spec: {},
      because: [
        'spec.fsGroup.rule: Unsupported value: "": supported values: "MayRunAs", "MustRunAs", "RunAsAny"',
      ],
    },
    {
      when: 'a range upside down',
      spec: rule('MayRunAs', [2, 1]),
      because: ['spec.fsGroup.ranges[0].min: Invalid value: 2: min cannot be greater than max'],
    },
  ],
  unusable: [
    {spec: rule('MustRunAs'), because: 'ranges must be supplied for MustRunAs'},
    {spec: rule('MayRunAs'), because: 'ranges must be supplied for MayRunAs'},
    {spec: rule('RunAs'), because: 'Unrecognized FSGroup strategy type RunAs'},
    {spec: {}, because: 'Unrecognized FSGroup strategy type '},
  ],
  moreSettings: [
    {spec: rule('MayRunAs', [1, 2147483647])},
    {spec: rule('MayRunAs', [0, 2147483647])},
    {spec: rule('MayRunAs', [0, 9007199254740991])},
    {spec: rule('MustRunAs', [0, 2147483647])},
    {spec: rule('MustRunAs', [9, 3])},
    {spec: rule('MayRunAs', [9, 3], [10, 20])},
  ],
  morePods: [3, 9, 15, 5, 65534, 2147483647].map(owned),
});
