import {privileged} from '../../src/controls/privileged.ts';
import {pod, podWith, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const using = {securityContext: {privileged: true}};
const denied = (path: string) =>
  `${path}.securityContext.privileged: Invalid value: true: Privileged containers are not allowed`;

testControl(privileged, {
  admits: [
    {when: 'containers that are not', spec: {privileged: false}, pod: pod()},
    {when: 'one that says so', spec: {privileged: false}, pod: secured({privileged: false})},
    {when: 'one that is, where that is allowed', spec: {privileged: true}, pod: pod(using)},
  ],
  denies: [
    {
      when: 'each container that is, of every list in turn',
      spec: {privileged: false},
      pod: podWith(
        {
          initContainers: [{name: 'i0'}, {name: 'i1', ...using}],
          ephemeralContainers: [{name: 'e0', ...using}],
        },
        using,
        {},
        using,
      ),
      because: [
        denied('spec.initContainers[1]'),
        denied('spec.containers[0]'),
        denied('spec.containers[2]'),
        denied('spec.ephemeralContainers[0]'),
      ],
    },
  ],
  needs: [
    {when: 'nothing without them', spec: {privileged: false}, pods: [pod()]},
    {when: 'leave if one container is', spec: {privileged: true}, pods: [pod(), pod({}, using)]},
  ],
});
