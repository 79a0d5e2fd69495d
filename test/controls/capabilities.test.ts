import {capabilities} from '../../src/controls/capabilities.ts';
import {pod, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

type Names = readonly string[];
const asking = (add: Names, drop: Names = []) => secured({capabilities: {add, drop}});
const set = (allowed: Names, requiredDrop: Names = [], defaultAdd: Names = []) => ({
  allowedCapabilities: allowed,
  requiredDropCapabilities: requiredDrop,
  defaultAddCapabilities: defaultAdd,
});
const written = '/spec/containers/0/securityContext/capabilities';
const denied = (name: string) =>
  `spec.containers[0].securityContext.capabilities.add: Invalid value: "${name}": capability may not be added`;

testControl(capabilities, {
  admits: [
    {when: 'a container that adds none', spec: set([]), pod: pod()},
    {when: 'anything under *', spec: set(['*']), pod: asking(['ALL'], ['KILL'])},
    {when: 'an allowed one', spec: set(['KILL', 'CHOWN']), pod: asking(['CHOWN'])},
    {when: 'a given one that is asked for', spec: set([], [], ['KILL']), pod: asking(['KILL'])},
    {when: 'a given one that is dropped', spec: set([], [], ['KILL']), pod: asking([], ['KILL'])},
    {
      when: 'drops in their own order, if all that must be are there',
      spec: set([], ['ALL']),
      pod: asking([], ['Z', 'ALL', 'A']),
    },
  ],
  denies: [
    {
      when: 'each one that is not allowed, as often as it is asked for',
      spec: set([]),
      pod: asking(['B', 'A', 'B']),
      because: [denied('B'), denied('A'), denied('B')],
    },
    {
      when: 'another spelling of an allowed one',
      spec: set(['SYS_ADMIN']),
      pod: asking(['CAP_SYS_ADMIN', 'sys_admin']),
      because: [denied('CAP_SYS_ADMIN'), denied('sys_admin')],
    },
    {
      when: 'ALL where only some are allowed',
      spec: set(['KILL']),
      pod: asking(['ALL']),
      because: [denied('ALL')],
    },
  ],
  changes: [
    {
      when: 'a container that does not drop what it must, by sorted lists',
      spec: set([], ['KILL']),
      pod: asking(['B', 'A', 'B']),
      writes: {[written]: {add: ['A', 'B'], drop: ['KILL']}},
      because: [denied('A'), denied('B')],
    },
    {
      when: 'adds and drops together; what is dropped is not given',
      spec: set([], ['NET_RAW', 'ALL'], ['NET_ADMIN', 'CHOWN']),
      pod: asking(['KILL', 'CHOWN', 'KILL'], ['NET_ADMIN']),
      writes: {[written]: {add: ['CHOWN', 'KILL'], drop: ['ALL', 'NET_ADMIN', 'NET_RAW']}},
      because: [denied('KILL')],
    },
    {
      when: 'a drop in other letters',
      spec: set([], ['ALL']),
      pod: asking([], ['all']),
      writes: {[written]: {drop: ['ALL', 'all']}},
    },
    {
      when: 'a container that adds what must be dropped, so that it does both',
      spec: set(['*'], ['KILL']),
      pod: asking(['KILL']),
      writes: {[written]: {add: ['KILL'], drop: ['KILL']}},
    },
    {
      when: 'every container without its own list',
      spec: set([], [], ['KILL']),
      pod: pod({}, {}),
      writes: {
        [written]: {add: ['KILL']},
        '/spec/containers/1/securityContext/capabilities': {add: ['KILL']},
      },
    },
  ],
  needs: [
    {when: 'none', spec: {allowedCapabilities: [], requiredDropCapabilities: []}, pods: [pod()]},
    {
      when: 'what is added, and the drops that all share',
      spec: {allowedCapabilities: ['CHOWN', 'KILL'], requiredDropCapabilities: ['ALL']},
      pods: [asking(['KILL'], ['ALL', 'A']), asking(['CHOWN'], ['B', 'ALL'])],
    },
    {
      when: 'no drop of what another container adds',
      spec: {allowedCapabilities: ['KILL'], requiredDropCapabilities: []},
      pods: [asking(['KILL'], ['KILL']), asking([], ['KILL'])],
    },
  ],
  fills: [
    {
      when: 'all dropped and what is needed added',
      spec: {allowedCapabilities: ['KILL'], requiredDropCapabilities: ['ALL', 'CHOWN']},
      pods: [asking(['KILL'], ['CHOWN'])],
    },
    {
      when: 'no drop of ALL where that is added',
      spec: {allowedCapabilities: ['ALL'], requiredDropCapabilities: []},
      pods: [asking(['ALL']), pod()],
    },
  ],
  refuses: [
    {
      when: 'drops beside a wildcard',
      spec: set(['*'], ['KILL', 'CHOWN']),
      because: [
        'requiredDropCapabilities: Invalid value: []core.Capability{"KILL", "CHOWN"}: must be empty when all capabilities are allowed by a wildcard',
      ],
    },
    {
      when: 'names on two lists, under paths without spec',
      spec: set(['B', 'A'], ['A', 'C'], ['C']),
      because: [
        'defaultAddCapabilities: Invalid value: "C": capability is listed in defaultAddCapabilities and requiredDropCapabilities',
        'allowedCapabilities: Invalid value: "A": capability is listed in allowedCapabilities and requiredDropCapabilities',
      ],
    },
  ],
  moreSettings: [
    {spec: set(['KILL', 'KILL'])},
    {spec: set(['*'], [], ['KILL'])},
    {spec: set(['KILL'], ['ALL'])},
    {spec: set([], ['KILL'])},
    {spec: set(['CHOWN'], ['KILL'])},
  ],
  morePods: [
    asking(['KILL'], ['ALL']),
    asking([], ['ALL']),
    asking([], ['ALL', 'NET_RAW', 'KILL', 'CHOWN', 'NET_ADMIN']),
    asking(['CHOWN'], ['ALL', 'NET_RAW', 'NET_ADMIN']),
    asking(['NET_ADMIN'], ['ALL', 'NET_RAW', 'CHOWN']),
    asking(['SYS_ADMIN']),
    asking(['SYS_ADMIN'], ['KILL']),
    asking(['A'], ['KILL']),
    asking(['B']),
    asking(['CHOWN'], ['KILL']),
    asking(['X'], ['KILL', 'ALL']),
    asking(['KILL'], ['ALL', 'CHOWN']),
    asking(['KILL'], ['CHOWN', 'NET_RAW', 'NET_ADMIN']),
    asking(['CHOWN', 'KILL']),
    asking([], ['ALL', 'CHOWN']),
    asking([], ['ALL', 'NET_RAW', 'NET_ADMIN']),
  ],
});
