import {allowPrivilegeEscalation} from '../../src/controls/allowPrivilegeEscalation.ts';
import {pod, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const off = secured({allowPrivilegeEscalation: false});
const on = secured({allowPrivilegeEscalation: true});
const allow = (allowed?: boolean, fill?: boolean) => ({
  allowPrivilegeEscalation: allowed,
  defaultAllowPrivilegeEscalation: fill,
});
const written = '/spec/containers/0/securityContext/allowPrivilegeEscalation';
const denied =
  'spec.containers[0].securityContext.allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for containers is not allowed';

testControl(allowPrivilegeEscalation, {
  admits: [
    {when: 'any container if allowed', spec: allow(true), pod: on},
    {when: 'any container by default', spec: allow(), pod: on},
    {when: 'a container that does not say, if allowed', spec: allow(true), pod: pod()},
    {when: 'one that turns it off', spec: allow(false), pod: off},
    {when: 'one that turns it off against the default', spec: allow(true, true), pod: off},
    {when: 'one that turns it on against the default', spec: allow(true, false), pod: on},
  ],
  denies: [
    {when: 'one that turns it on', spec: allow(false), pod: on, because: [denied]},
    {
      when: 'one that turns it on, whatever the default',
      spec: allow(false, false),
      pod: on,
      because: [denied],
    },
  ],
  changes: [
    {
      when: 'to false by a default',
      spec: allow(true, false),
      pod: pod(),
      writes: {[written]: false},
    },
    {when: 'to true by a default', spec: allow(true, true), pod: pod(), writes: {[written]: true}},
    {when: 'to false where forbidden', spec: allow(false), pod: pod(), writes: {[written]: false}},
  ],
  needs: [
    {when: 'nothing if all turn it off', spec: allow(false), pods: [off, off]},
    {when: 'leave if one does not say', spec: allow(true), pods: [off, pod()]},
    {when: 'leave if one turns it on', spec: allow(true), pods: [on, off]},
  ],
  fills: [
    {when: 'nothing if none turns it on', spec: allow(false), pods: [off, pod()]},
    {when: 'leave if one turns it on', spec: allow(true), pods: [on, pod()]},
    {
      when: 'leave for privileged containers, for which the API takes no false',
      spec: allow(true),
      pods: [secured({privileged: true})],
    },
    {
      when: 'leave for CAP_SYS_ADMIN, for which it takes none either',
      spec: allow(true),
      pods: [secured({capabilities: {add: ['CAP_SYS_ADMIN']}})],
    },
  ],
  refuses: [
    {
      when: 'a default of true where it is forbidden',
      spec: allow(false, true),
      because: [
        'spec.defaultAllowPrivilegeEscalation: Invalid value: true: Cannot set DefaultAllowPrivilegeEscalation to true without also setting AllowPrivilegeEscalation to true',
      ],
    },
  ],
});
