import {supplementalGroups} from '../../src/controls/supplementalGroups.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const joining = (...groups: readonly number[]) =>
  podWith({securityContext: {supplementalGroups: groups}});
const rule = (name: string, ...ranges: readonly (readonly [number, number])[]) => ({
  supplementalGroups: {rule: name, ranges: ranges.map(([min, max]) => ({min, max}))},
});
const any = {supplementalGroups: {rule: 'RunAsAny'}};
const at = 'spec.securityContext.supplementalGroups';

testControl(supplementalGroups, {
  admits: [
    {when: 'any groups under RunAsAny', spec: any, pod: joining(0, 1)},
    {when: 'groups in ranges', spec: rule('MustRunAs', [10, 20], [1, 2]), pod: joining(1, 20)},
    {when: 'no groups under MayRunAs', spec: rule('MayRunAs', [10, 20]), pod: pod()},
    {when: 'an empty list under MayRunAs', spec: rule('MayRunAs', [10, 20]), pod: joining()},
  ],
  denies: [
    {
      when: 'each group in no range, with the whole list each time',
      spec: rule('MustRunAs', [10, 20]),
      pod: joining(1, 15, 2),
      because: [
        `${at}: Invalid value: []int64{1, 15, 2}: group 1 must be in the ranges: [{10 20}]`,
        `${at}: Invalid value: []int64{1, 15, 2}: group 2 must be in the ranges: [{10 20}]`,
      ],
    },
    {
      when: 'an empty list under MustRunAs: it is not unset',
      spec: rule('MustRunAs', [10, 20]),
      pod: joining(),
      because: [
        `${at}: Invalid value: []int64{}: unable to validate empty groups against required ranges`,
      ],
    },
  ],
  changes: [
    {
      when: 'an unset list to the start of the first range',
      spec: rule('MustRunAs', [10, 20], [1, 2]),
      pod: pod(),
      writes: {'/spec/securityContext/supplementalGroups': [10]},
    },
  ],
  needs: [
    {when: 'a group of nobody without any', spec: rule('MayRunAs', [65534, 65534]), pods: [pod()]},
    {
      when: 'the groups in use',
      spec: rule('MustRunAs', [1, 2], [7, 7]),
      pods: [joining(7, 1), joining(2)],
    },
    {when: 'leave to have none', spec: rule('MayRunAs', [2, 2]), pods: [joining(2), joining()]},
  ],
  refuses: [
    {
      when: 'an unknown rule',
      spec: rule('MustRunAsNonRoot'),
      because: [
        'spec.supplementalGroups.rule: Unsupported value: "MustRunAsNonRoot": supported values: "MayRunAs", "MustRunAs", "RunAsAny"',
      ],
    },
  ],
  unusable: [
    {spec: rule('MustRunAs'), because: 'ranges must be supplied for MustRunAs'},
    {spec: rule('RunAs'), because: 'Unrecognized SupplementalGroups strategy type RunAs'},
  ],
  moreSettings: [
    {spec: rule('MayRunAs', [0, 2147483647])},
    {spec: rule('MustRunAs', [1, 2147483647])},
    {spec: rule('MustRunAs', [9, 3])},
    {spec: rule('MustRunAs', [10, 15], [16, 20])},
  ],
  morePods: [
    joining(1),
    joining(65534),
    joining(15),
    joining(10, 65534),
    joining(2147483647),
    joining(16),
    joining(0),
  ],
});
