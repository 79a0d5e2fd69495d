import {readOnlyRootFilesystem} from '../../src/controls/readOnlyRootFilesystem.ts';
import {pod} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const readOnly = {securityContext: {readOnlyRootFilesystem: true}};
const writable = {securityContext: {readOnlyRootFilesystem: false}};
const required = {readOnlyRootFilesystem: true};
const notRequired = {readOnlyRootFilesystem: false};

testControl(readOnlyRootFilesystem, {
  admits: [
    {when: 'anything if not required', spec: notRequired, pod: pod(writable, {})},
    {when: 'anything if the policy does not speak of it', pod: pod(writable, {})},
    {when: 'a container that has it so', spec: required, pod: pod(readOnly)},
  ],
  denies: [
    {
      when: 'each container that asks for a writable one',
      spec: required,
      pod: pod(readOnly, writable),
      because: [
        'spec.containers[1].securityContext.readOnlyRootFilesystem: Invalid value: false: ReadOnlyRootFilesystem must be set to true',
      ],
    },
  ],
  changes: [
    {
      when: 'a container that does not say',
      spec: required,
      pod: pod(readOnly, {}),
      writes: {'/spec/containers/1/securityContext/readOnlyRootFilesystem': true},
    },
  ],
  needs: [
    {when: 'nothing if a container does not say', spec: notRequired, pods: [pod(readOnly, {})]},
    {
      when: 'to be required if all ask for it',
      spec: required,
      pods: [pod(readOnly), pod(readOnly)],
    },
  ],
});
