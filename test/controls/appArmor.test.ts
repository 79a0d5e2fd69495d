import {appArmor} from '../../src/controls/appArmor.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const prefix = 'container.apparmor.security.beta.kubernetes.io/';
const named = (...profiles: readonly string[]) =>
  podWith(
    {
      annotations: Object.fromEntries(
        profiles.map((profile, index) => [`${prefix}c${index}`, profile]),
      ),
    },
    ...profiles.map(() => ({})),
  );
const set = (allowed?: string, fill?: string) => ({
  annotations: {
    ...(allowed === undefined
      ? {}
      : {'apparmor.security.beta.kubernetes.io/allowedProfileNames': allowed}),
    ...(fill === undefined
      ? {}
      : {'apparmor.security.beta.kubernetes.io/defaultProfileName': fill}),
  },
});
const on = (index: number, detail: string) =>
  `pod.metadata.annotations[${prefix}c${index}]: Forbidden: ${detail}`;
const written = '/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1c0';
const unset = 'AppArmor profile must be set';

testControl(appArmor, {
  admits: [
    {when: 'any profile without a list', ...set(), pod: named('unconfined')},
    {when: 'no profile without a list', ...set(), pod: pod()},
    {
      when: 'a listed profile',
      ...set('runtime/default,localhost/a'),
      pod: named('localhost/a', 'runtime/default'),
    },
    {
      when: 'a profile against the default',
      ...set(undefined, 'localhost/a'),
      pod: named('unconfined'),
    },
  ],
  denies: [
    {
      when: 'a profile that is not listed',
      ...set('runtime/default,localhost/a'),
      pod: named('unconfined', 'localhost/a', 'localhost/b'),
      because: [
        on(
          0,
          'unconfined is not an allowed profile. Allowed values: "runtime/default,localhost/a"',
        ),
        on(
          2,
          'localhost/b is not an allowed profile. Allowed values: "runtime/default,localhost/a"',
        ),
      ],
    },
    {
      when: 'no profile under a list',
      ...set('runtime/default'),
      pod: pod(),
      because: [on(0, unset)],
    },
    {
      when: 'an empty profile under a list',
      ...set('runtime/default'),
      pod: named(''),
      because: [on(0, unset)],
    },
    {when: 'no profile under an empty list', ...set(''), pod: pod(), because: [on(0, unset)]},
    {
      when: 'any profile under an empty list',
      ...set(''),
      pod: named('unconfined'),
      because: [on(0, 'unconfined is not an allowed profile. Allowed values: ""')],
    },
    {
      when: 'what a list has with spaces',
      ...set('unconfined, runtime/default'),
      pod: named('runtime/default'),
      because: [
        on(
          0,
          'runtime/default is not an allowed profile. Allowed values: "unconfined, runtime/default"',
        ),
      ],
    },
    {
      when: 'everything under *, which means nothing here',
      ...set('*'),
      pod: named('runtime/default'),
      because: [on(0, 'runtime/default is not an allowed profile. Allowed values: "*"')],
    },
  ],
  changes: [
    {
      when: 'no profile to the default',
      ...set(undefined, 'runtime/default'),
      pod: pod(),
      writes: {[written]: 'runtime/default'},
    },
    {
      when: 'an empty one too',
      ...set('runtime/default', 'runtime/default'),
      pod: named('', 'runtime/default'),
      writes: {[written]: 'runtime/default'},
    },
    {
      when: 'no profile to a default that is not allowed',
      ...set('localhost/a', 'unconfined'),
      pod: pod(),
      writes: {[written]: 'unconfined'},
      because: [on(0, 'unconfined is not an allowed profile. Allowed values: "localhost/a"')],
    },
  ],
  needs: [
    {when: 'no list where a container names none', ...set(), pods: [named('unconfined'), pod()]},
    {
      when: 'the profiles in use if all name one',
      ...set('localhost/a,unconfined'),
      pods: [named('unconfined', 'localhost/a'), named('unconfined')],
    },
    {
      when: 'no list for a profile whose name a list would split',
      ...set(),
      pods: [named('localhost/a,b')],
    },
  ],
  refuses: [
    {
      when: 'profiles that there are not, each with the whole list',
      ...set('runtime/default, unconfined,foo', 'docker/default'),
      because: [
        'metadata.annotations[apparmor.security.beta.kubernetes.io/defaultProfileName]: Invalid value: "docker/default": invalid AppArmor profile name: "docker/default"',
        'metadata.annotations[apparmor.security.beta.kubernetes.io/allowedProfileNames]: Invalid value: "runtime/default, unconfined,foo": invalid AppArmor profile name: " unconfined"',
        'metadata.annotations[apparmor.security.beta.kubernetes.io/allowedProfileNames]: Invalid value: "runtime/default, unconfined,foo": invalid AppArmor profile name: "foo"',
      ],
    },
  ],
  moreSettings: [
    set('runtime/default,'),
    set('localhost/a,localhost/a'),
    set('unconfined', 'runtime/default'),
    set('', 'runtime/default'),
  ],
  morePods: [named('localhost/a'), named('localhost/b')],
});
