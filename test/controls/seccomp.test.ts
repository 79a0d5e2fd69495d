import {seccomp} from '../../src/controls/seccomp.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {pod, podWith, secured} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const podKey = 'seccomp.security.alpha.kubernetes.io/pod';
const containerKey = 'container.seccomp.security.alpha.kubernetes.io/c0';
const annotated = (profile: string, more: JsonObject = {}) =>
  podWith({annotations: {[podKey]: profile, ...more}});
const runtimeDefault = {seccompProfile: {type: 'RuntimeDefault'}};
const unconfined = {seccompProfile: {type: 'Unconfined'}};
const local = {seccompProfile: {type: 'Localhost', localhostProfile: 'a.json'}};
const fieldOf = (securityContext: JsonObject, annotations: JsonObject = {}) =>
  podWith({annotations, securityContext});
const set = (allowed?: string, fill?: string) => ({
  annotations: {
    ...(allowed === undefined
      ? {}
      : {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': allowed}),
    ...(fill === undefined
      ? {}
      : {'seccomp.security.alpha.kubernetes.io/defaultProfileName': fill}),
  },
});
const on = (key: string, detail: string) =>
  `pod.metadata.annotations[${key}]: Forbidden: ${detail}`;
const both = (detail: string) => [on(podKey, detail), on(containerKey, detail)];
const written = '/metadata/annotations/seccomp.security.alpha.kubernetes.io~1pod';

testControl(seccomp, {
  admits: [
    {when: 'a pod without a profile under no list', ...set(), pod: pod()},
    {when: 'a pod without a profile under an empty list', ...set(''), pod: pod()},
    {when: 'any profile under *', ...set('a,*'), pod: annotated('unconfined')},
    {when: 'a listed profile', ...set('unconfined,localhost/x'), pod: annotated('localhost/x')},
    {
      when: "docker's name of the runtime's profile",
      ...set('runtime/default'),
      pod: annotated('docker/default'),
    },
    {
      when: "the runtime's profile under docker's name",
      ...set('docker/default'),
      pod: annotated('runtime/default'),
    },
    {
      when: 'a field whose annotation is there already',
      ...set('runtime/default'),
      pod: fieldOf(runtimeDefault, {[podKey]: 'runtime/default'}),
    },
    {when: "a container's own field under *", ...set('*'), pod: secured(runtimeDefault)},
  ],
  denies: [
    {
      when: 'any profile under no list',
      ...set(),
      pod: annotated('unconfined'),
      because: both('seccomp may not be set'),
    },
    {
      when: 'the field of a container under no list, on it alone',
      ...set(),
      pod: secured(runtimeDefault),
      because: [on(containerKey, 'seccomp may not be set')],
    },
    {
      when: 'a pod without a profile under a list, on the pod alone if its container has one',
      ...set('docker/default'),
      pod: secured(runtimeDefault),
      because: [on(podKey, ' is not an allowed seccomp profile. Valid values are docker/default')],
    },
    {
      when: 'a pod without a profile, on itself and its containers',
      ...set('runtime/default,unconfined'),
      pod: pod(),
      because: both(
        ' is not an allowed seccomp profile. Valid values are runtime/default,unconfined',
      ),
    },
    {
      when: 'any profile under an empty list',
      ...set(''),
      pod: annotated('unconfined'),
      because: both('unconfined is not an allowed seccomp profile. Valid values are '),
    },
    {
      when: 'a container that unsets the profile of its pod',
      ...set('unconfined'),
      pod: annotated('unconfined', {[containerKey]: ''}),
      odd: true,
      because: [
        on(containerKey, ' is not an allowed seccomp profile. Valid values are unconfined'),
      ],
    },
    {
      when: 'what a list has with spaces',
      ...set('unconfined, runtime/default'),
      pod: annotated('runtime/default'),
      because: both(
        'runtime/default is not an allowed seccomp profile. Valid values are unconfined, runtime/default',
      ),
    },
    {
      when: 'what a star at the end would match',
      ...set('localhost/*'),
      pod: annotated('localhost/a.json'),
      because: both(
        'localhost/a.json is not an allowed seccomp profile. Valid values are localhost/*',
      ),
    },
    {
      when: "a container's own profile",
      ...set('runtime/default'),
      pod: podWith(
        {annotations: {[podKey]: 'runtime/default'}, securityContext: runtimeDefault},
        {securityContext: unconfined},
      ),
      because: [
        on(
          containerKey,
          'unconfined is not an allowed seccomp profile. Valid values are runtime/default',
        ),
      ],
    },
  ],
  changes: [
    {
      when: 'a field without an annotation, even where everything is allowed',
      ...set('*'),
      pod: fieldOf(runtimeDefault),
      writes: {[written]: 'runtime/default'},
    },
    {
      when: 'a field without an annotation before it denies it',
      ...set(),
      pod: fieldOf(runtimeDefault),
      writes: {[written]: 'runtime/default'},
      because: both('seccomp may not be set'),
    },
    {
      when: 'a field of a local profile',
      ...set('localhost/a.json'),
      pod: fieldOf(local),
      writes: {[written]: 'localhost/a.json'},
    },
    {
      when: 'an unset profile to the default',
      ...set('docker/default', 'docker/default'),
      pod: pod(),
      writes: {[written]: 'docker/default'},
    },
    {
      when: 'an unset profile to a default that is not allowed',
      ...set('runtime/default', 'unconfined'),
      pod: pod(),
      writes: {[written]: 'unconfined'},
      because: both(
        'unconfined is not an allowed seccomp profile. Valid values are runtime/default',
      ),
    },
    {
      when: 'nothing in a field that has no words, whatever the default',
      ...set('*', 'unconfined'),
      pod: fieldOf({seccompProfile: {type: 'Localhost'}}),
      odd: true,
      writes: {},
    },
  ],
  needs: [
    {when: 'no list without profiles', ...set(), pods: [pod(), pod()]},
    {
      when: 'the profiles in use',
      ...set('runtime/default,unconfined'),
      pods: [annotated('unconfined'), fieldOf(runtimeDefault)],
    },
    {
      when: 'docker/default by its own name',
      ...set('docker/default'),
      pods: [annotated('docker/default')],
    },
    {
      when: 'anything where some pods have a profile and some have none',
      ...set('*'),
      pods: [annotated('unconfined'), pod()],
    },
    {
      when: 'anything for a profile whose name a list would split',
      ...set('*'),
      pods: [annotated('localhost/a,b')],
    },
  ],
  fills: [
    {
      when: "the runtime's profile if none has another",
      ...set('runtime/default', 'runtime/default'),
      pods: [pod(), annotated('docker/default'), secured(runtimeDefault)],
    },
    {when: 'what is in use otherwise', ...set('unconfined'), pods: [annotated('unconfined')]},
  ],
  refuses: [
    {
      when: 'profiles that there are not',
      ...set('runtime/default,*,foo,localhost//a', 'localhost/../a'),
      because: [
        'metadata.annotations[seccomp.security.alpha.kubernetes.io/defaultProfileName]: Invalid value: "../a": must not contain \'..\'',
        'metadata.annotations[seccomp.security.alpha.kubernetes.io/allowedProfileNames]: Invalid value: "foo": must be a valid seccomp profile',
        'metadata.annotations[seccomp.security.alpha.kubernetes.io/allowedProfileNames]: Invalid value: "/a": must be a relative path',
      ],
    },
  ],
  moreSettings: [
    set('*', 'runtime/default'),
    set('unconfined', 'unconfined'),
    set(undefined, 'runtime/default'),
    set('', 'runtime/default'),
    set('runtime/default,docker/default'),
    set('unconfined,unconfined'),
  ],
  morePods: [
    annotated('localhost/*'),
    fieldOf(unconfined),
    secured(unconfined),
    secured(local),
    podWith({annotations: {[podKey]: 'unconfined'}}, {securityContext: runtimeDefault}),
    annotated('runtime/default', {[containerKey]: 'unconfined'}),
  ],
});
