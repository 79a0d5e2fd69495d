import {runAsGroup} from '../../src/controls/runAsGroup.ts';
import {pod, podWith, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const as = (group: number) => secured({runAsGroup: group});
const rule = (name: string, ...ranges: readonly (readonly [number, number])[]) => ({
  runAsGroup: {rule: name, ranges: ranges.map(([min, max]) => ({min, max}))},
});
const any = {runAsGroup: {rule: 'RunAsAny'}};
const at = 'spec.containers[0].securityContext';

testControl(runAsGroup, {
  admits: [
    {when: 'any group without a rule', spec: {}, pod: as(0)},
    {when: 'any group under RunAsAny', spec: any, pod: as(0)},
    {when: 'a group in a range', spec: rule('MustRunAs', [10, 20]), pod: as(10)},
    {when: 'no group under MayRunAs', spec: rule('MayRunAs', [10, 20]), pod: pod()},
    {
      when: "the pod's group where the container has none",
      spec: rule('MustRunAs', [5, 7]),
      pod: podWith({securityContext: {runAsGroup: 6}}),
    },
  ],
  denies: [
    {
      when: 'a group in no range, of the pod, on the context of the container',
      spec: rule('MayRunAs', [5, 9]),
      pod: podWith({securityContext: {runAsUser: 7, runAsGroup: 1}}),
      because: [`${at}: Invalid value: []int64{1}: group 1 must be in the ranges: [{5 9}]`],
    },
    {
      when: 'root',
      spec: rule('MustRunAs', [10, 20], [5, 6]),
      pod: as(0),
      because: [`${at}: Invalid value: []int64{0}: group 0 must be in the ranges: [{10 20} {5 6}]`],
    },
  ],
  changes: [
    {
      when: 'an unset group to the start of the first range',
      spec: rule('MustRunAs', [10, 20], [1, 2]),
      pod: pod({}, {securityContext: {runAsGroup: 1}}),
      writes: {'/spec/containers/0/securityContext/runAsGroup': 10},
    },
  ],
  needs: [
    {when: 'a group of nobody without any', spec: rule('MayRunAs', [65534, 65534]), pods: [pod()]},
    {when: 'the groups in use', spec: rule('MustRunAs', [5, 6]), pods: [as(6), as(5)]},
    {
      when: 'leave to have none where a container has none',
      spec: rule('MayRunAs', [5, 5]),
      pods: [pod({securityContext: {runAsGroup: 5}}, {})],
    },
  ],
  refuses: [
    {
      when: 'ranges under RunAsAny',
      spec: rule('RunAsAny', [1, 2]),
      because: [
        'spec.runAsGroup.ranges: Invalid value: []policy.IDRange{policy.IDRange{Min:1, Max:2}}: Ranges must be empty',
      ],
    },
    {
      when: 'no ranges under a rule that wants some',
      spec: {runAsGroup: {rule: 'MayRunAs'}},
      because: [
        'spec.runAsGroup.ranges: Invalid value: []policy.IDRange(nil): must provide at least one range',
      ],
    },
    {
      when: 'an unknown rule',
      spec: {runAsGroup: {}},
      because: [
        'spec.runAsGroup.rule: Unsupported value: "": supported values: "MustRunAs", "RunAsAny", "MayRunAs"',
      ],
    },
    {
      when: 'a negative group',
      spec: rule('MustRunAs', [-1, 5]),
      because: ['spec.runAsGroup.ranges[0].min: Invalid value: -1: min cannot be negative'],
    },
  ],
  unusable: [
    {spec: {runAsGroup: {rule: 'MustRunAs'}}, because: 'ranges must be supplied for MustRunAs'},
    {
      spec: {runAsGroup: {}},
      because: 'Unrecognized RunAsGroup strategy type ',
    },
  ],
  moreSettings: [
    {spec: rule('MayRunAs', [1, 2147483647])},
    {spec: rule('MustRunAs', [0, 2147483647])},
    {spec: rule('MustRunAs', [9, 3])},
    {spec: rule('MustRunAs', [3000000000, 4000000000])},
  ],
  morePods: [1, 3, 5, 7, 9, 15, 20, 65534, 2147483647].map(as),
});
