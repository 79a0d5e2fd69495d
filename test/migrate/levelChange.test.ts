import {expect, test} from 'vitest';
import {applyEdits} from '../../src/kube/edits.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {levelChange, unseenEdits} from '../../src/migrate/levelChange.ts';
import {editsOf, preparePolicy} from '../../src/policy/evaluate.ts';

const anyOne = {rule: 'RunAsAny'};
const loose = {runAsUser: anyOne, fsGroup: anyOne, supplementalGroups: anyOne, seLinux: anyOne};

/** What a policy makes of a pod with one container. */
function under(spec: JsonObject, securityContext: JsonObject = {}) {
  const pod = decodePod({
    spec: {
      securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
      containers: [{name: 'c', securityContext}],
    },
  });
  const policy = decodePolicy({metadata: {name: 'p'}, spec: {...loose, ...spec}});
  const edits = editsOf(preparePolicy(policy, lastRelease), viewOf(pod, lastRelease));
  const {submitted, admitted, ...rest} = levelChange(pod, applyEdits(pod, edits), 31);
  const [repaired, spoiled] = [rest.repaired, rest.spoiled].map(list =>
    list.map(({check}) => check),
  );
  return {
    levels: [submitted, admitted],
    repaired,
    spoiled,
    unseen: unseenEdits(edits).map(({at}) => at.at(-1)),
  };
}

test('a policy fills in what restricted asks for', () => {
  const found = under({
    requiredDropCapabilities: ['ALL'],
    allowPrivilegeEscalation: false,
    runAsUser: {rule: 'MustRunAsNonRoot'},
  });
  expect(found).toEqual({
    levels: ['baseline', 'restricted'],
    repaired: ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot'],
    spoiled: [],
    unseen: [],
  });
});

test('a default makes a pod worse', () => {
  const hardened = {
    allowPrivilegeEscalation: false,
    capabilities: {drop: ['ALL']},
    runAsNonRoot: true,
  };
  const found = under({defaultAddCapabilities: ['NET_ADMIN']}, hardened);
  expect(found.levels).toEqual(['restricted', 'privileged']);
  expect([found.repaired, found.spoiled]).toEqual([[], ['capabilities_restricted']]);
});

test('ids, groups, runtime class and SELinux level are seen by no level', () => {
  const ranges = [{min: 1000, max: 2000}];
  const found = under({
    runAsUser: {rule: 'MustRunAs', ranges},
    fsGroup: {rule: 'MustRunAs', ranges},
    supplementalGroups: {rule: 'MustRunAs', ranges},
    seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1'}},
    runtimeClass: {allowedRuntimeClassNames: ['*'], defaultRuntimeClassName: 'gvisor'},
    readOnlyRootFilesystem: true,
  });
  expect(found.levels).toEqual(['baseline', 'baseline']);
  expect(found.unseen).toEqual(
    expect.arrayContaining([
      'runAsUser',
      'fsGroup',
      'supplementalGroups',
      'runtimeClassName',
      'seLinuxOptions',
      'readOnlyRootFilesystem',
    ]),
  );
});

test('a user of 0 is seen', () => {
  const found = under({runAsUser: {rule: 'MustRunAs', ranges: [{min: 0, max: 0}]}});
  expect([found.spoiled, found.unseen]).toEqual([['runAsUser'], []]);
});
