import {runAsUser} from '../../src/controls/runAsUser.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {pod, podWith, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const as = (user: number) => secured({runAsUser: user});
const saying = (runAsNonRoot: boolean, fields: JsonObject = {}) =>
  secured({runAsNonRoot, ...fields});
const within = (...ranges: readonly (readonly [number, number])[]) => ({
  runAsUser: {rule: 'MustRunAs', ranges: ranges.map(([min, max]) => ({min, max}))},
});
const nonRoot = {runAsUser: {rule: 'MustRunAsNonRoot'}};
const any = {runAsUser: {rule: 'RunAsAny'}};
const container = '/spec/containers/0/securityContext';
const at = 'spec.containers[0].securityContext';

testControl(runAsUser, {
  admits: [
    {when: 'anyone under RunAsAny', spec: any, pod: as(0)},
    {
      when: 'anyone under RunAsAny, whatever the ranges',
      spec: {runAsUser: {rule: 'RunAsAny', ranges: [{min: 1, max: 2}]}},
      pod: as(0),
    },
    {when: 'a user in a range', spec: within([5, 7], [10, 20]), pod: as(10)},
    {when: 'root in a range that holds 0', spec: within([0, 7]), pod: as(0)},
    {
      when: "the pod's user where the container has none",
      spec: within([5, 7]),
      pod: podWith({securityContext: {runAsUser: 6}}),
    },
    {
      when: 'a user in a range that might be root, so it says',
      spec: within([5, 7]),
      pod: saying(false, {runAsUser: 5}),
    },
    {when: 'a user that is not root', spec: nonRoot, pod: as(5)},
    {
      when: 'a pod that says so',
      spec: nonRoot,
      pod: podWith({securityContext: {runAsNonRoot: true}}),
    },
  ],
  denies: [
    {
      when: 'a user in no range',
      spec: within([5, 7], [10, 10]),
      pod: as(8),
      because: [`${at}.runAsUser: Invalid value: 8: must be in the ranges: [{5 7} {10 10}]`],
    },
    {
      when: "the container's user though the pod's is in a range",
      spec: within([5, 7]),
      pod: podWith({securityContext: {runAsUser: 5}}, {securityContext: {runAsUser: 4}}),
      because: [`${at}.runAsUser: Invalid value: 4: must be in the ranges: [{5 7}]`],
    },
    {
      when: 'root',
      spec: nonRoot,
      pod: as(0),
      because: [`${at}.runAsUser: Invalid value: 0: running with the root UID is forbidden`],
    },
    {
      when: 'root that says it is not',
      spec: nonRoot,
      pod: saying(true, {runAsUser: 0}),
      because: [`${at}.runAsUser: Invalid value: 0: running with the root UID is forbidden`],
    },
    {
      when: 'leave to be root, even to another user',
      spec: nonRoot,
      pod: podWith({securityContext: {runAsNonRoot: false, runAsUser: 5}}),
      because: [`${at}.runAsNonRoot: Invalid value: false: must be true`],
    },
  ],
  changes: [
    {
      when: 'an unset user to the start of the first range, not the smallest one',
      spec: within([7, 9], [1, 2]),
      pod: pod(),
      writes: {[`${container}/runAsUser`]: 7},
    },
    {
      when: 'an unset user to one that is in no range',
      spec: within([9, 7]),
      pod: pod(),
      writes: {[`${container}/runAsUser`]: 9},
      because: [`${at}.runAsUser: Invalid value: 9: must be in the ranges: [{9 7}]`],
    },
    {
      when: 'a container that says neither',
      spec: nonRoot,
      pod: pod(),
      writes: {[`${container}/runAsNonRoot`]: true},
    },
    {
      when: 'each container, also initial and ephemeral ones',
      spec: within([5, 7]),
      pod: podWith(
        {initContainers: [{name: 'i'}], ephemeralContainers: [{name: 'e'}]},
        {securityContext: {runAsUser: 6}},
        {},
      ),
      writes: {
        '/spec/initContainers/0/securityContext/runAsUser': 5,
        '/spec/containers/1/securityContext/runAsUser': 5,
        '/spec/ephemeralContainers/0/securityContext/runAsUser': 5,
      },
    },
  ],
  needs: [
    {when: 'its users if all are set', spec: within([5, 6], [8, 8]), pods: [as(6), as(8), as(5)]},
    {when: 'root if a container asks for it', spec: within([0, 0]), pods: [as(0)]},
    {when: 'non-root if it says so', spec: nonRoot, pods: [saying(true)]},
    {
      when: 'non-root for one that says so beside one with a user',
      spec: nonRoot,
      pods: [saying(true), as(5)],
    },
    {when: 'any user if it does not say', spec: any, pods: [pod()]},
    {
      when: 'any user for one that says non-root beside one that may be root',
      spec: any,
      pods: [saying(true), saying(false, {runAsUser: 5})],
    },
  ],
  fills: [
    {when: 'non-root if no container wants root', spec: nonRoot, pods: [pod(), as(5)]},
    {when: 'any user if one does', spec: any, pods: [pod(), as(0)]},
  ],
  refuses: [
    {
      when: 'a policy without a rule',
      spec: {},
      because: [
        'spec.runAsUser.rule: Unsupported value: "": supported values: "MustRunAs", "MustRunAsNonRoot", "RunAsAny"',
      ],
    },
    {
      when: 'ranges that hold nothing, under any rule',
      spec: {
        runAsUser: {
          rule: 'RunAsAny',
          ranges: [
            {min: 2, max: 1},
            {min: -1, max: -2},
          ],
        },
      },
      because: [
        'spec.runAsUser.ranges[0].min: Invalid value: 2: min cannot be greater than max',
        'spec.runAsUser.ranges[1].min: Invalid value: -1: min cannot be negative',
        'spec.runAsUser.ranges[1].max: Invalid value: -2: max cannot be negative',
        'spec.runAsUser.ranges[1].min: Invalid value: -1: min cannot be greater than max',
      ],
    },
  ],
  unusable: [
    {spec: within(), because: 'MustRunAs requires at least one range'},
    {
      spec: {runAsUser: {rule: 'MustRunAsRoot'}},
      because: 'Unrecognized RunAsUser strategy type MustRunAsRoot',
    },
    {spec: {}, because: 'Unrecognized RunAsUser strategy type '},
  ],
  moreSettings: [
    {spec: within([0, 2147483647])},
    {spec: within([1, 2147483647])},
    {spec: within([1, 4294967295])},
    {spec: within([9, 3], [5, 5])},
    {spec: within([5, 7], [9, 3])},
    {spec: within([5, 6], [7, 7])},
    {spec: within([3000000000, 4000000000])},
  ],
  morePods: [
    ...[1, 2, 3, 4, 7, 9, 20, 2147483647].map(as),
    ...[2, 4, 6, 8, 9, 10, 20].map(user => saying(false, {runAsUser: user})),
    saying(false),
    saying(true, {runAsUser: 1}),
    podWith({securityContext: {runAsNonRoot: false}}, {securityContext: {runAsNonRoot: true}}),
  ],
});
