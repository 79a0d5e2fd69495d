import {hostIPC} from '../../src/controls/hostIPC.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const using = podWith({hostIPC: true});
const allowed = {hostIPC: true};
const forbidden = {hostIPC: false};

testControl(hostIPC, {
  admits: [
    {when: 'a pod that does not use it', spec: forbidden, pod: pod()},
    {when: 'a pod that says so', spec: forbidden, pod: podWith({hostIPC: false})},
    {when: 'a pod that uses it where that is allowed', spec: allowed, pod: using},
  ],
  denies: [
    {
      when: 'it under a path that pods do not have',
      spec: forbidden,
      pod: using,
      because: [
        'spec.securityContext.hostIPC: Invalid value: true: Host IPC is not allowed to be used',
      ],
    },
    {
      when: 'it where the policy does not speak of it',
      pod: using,
      because: [
        'spec.securityContext.hostIPC: Invalid value: true: Host IPC is not allowed to be used',
      ],
    },
  ],
  needs: [
    {when: 'nothing without it', spec: forbidden, pods: [pod(), pod()]},
    {when: 'leave if one pod uses it', spec: allowed, pods: [pod(), using]},
  ],
});
