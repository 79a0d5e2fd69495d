import {expect, test} from 'vitest';
import {controls} from '../../src/controls/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {templatesOf} from '../../src/inventory/submissions/items.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {effectiveDirection} from '../../src/policy/direction.ts';
import {evaluate, preparePolicy} from '../../src/policy/evaluate.ts';
import {deniersOf, loosenedFor} from '../../src/policy/loosen.ts';
import {podWith} from '../support/builders/pods.ts';
import {policy} from '../support/builders/policies.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const errorsOf = (...[of, pod]: Parameters<typeof loosenedFor>) =>
  evaluate(preparePolicy(of, lastRelease), pod).errors;

test('any pod gets in, nothing gets tighter, and only what denied it is loosened', () => {
  let loosened = 0;
  const strict = builtinPolicy('restricted', {appArmor: true, release: lastRelease});
  for (const before of [strict, ...demo.policies]) {
    for (const {submission} of templatesOf(demo)) {
      const {view} = submission;
      const deniers = deniersOf(before, view);
      const after = loosenedFor(before, view);
      expect(errorsOf(after, view)).toEqual([]);
      for (const control of controls) {
        const direction = effectiveDirection(control, before, after, lastRelease);
        const comesIn = control.isMoot(before) && !control.isMoot(after);
        expect(direction).toBe(deniers.includes(control) || comesIn ? 'looser' : 'equal');
        if (direction === 'looser') loosened += 1;
      }
    }
  }
  expect(loosened).toBeGreaterThan(100);
});

test('no more than it needs: an entry is added to a list, a path to the paths', () => {
  const spec = {
    runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 10}]},
    volumes: ['configMap', 'hostPath'],
    allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}],
    requiredDropCapabilities: ['ALL'],
  };
  const pod = podWith(
    {
      volumes: [
        {name: 'a', hostPath: {path: '/data'}},
        {name: 'b', emptyDir: {}},
      ],
    },
    {securityContext: {runAsUser: 30, capabilities: {add: ['NET_ADMIN']}}},
  );
  const after = loosenedFor(policy(spec), pod);
  expect(errorsOf(after, pod)).toEqual([]);
  expect(new Set(after.spec.volumes)).toEqual(new Set(['configMap', 'hostPath', 'emptyDir']));
  expect(after.spec.allowedHostPaths?.map(({pathPrefix}) => pathPrefix)).toEqual([
    '/var/log',
    '/data',
  ]);
  expect(after.spec.runAsUser).toMatchObject({rule: 'MustRunAs'});
  expect(after.spec.allowedCapabilities).toEqual(['NET_ADMIN']);
});

test('a type of volumes that comes in opens no more of its kind than the pod has', () => {
  const pod = podWith({
    volumes: [
      {name: 'a', hostPath: {path: '/data'}},
      {name: 'b', csi: {driver: 'ssd.example.com'}},
      {name: 'c', flexVolume: {driver: 'example/disk'}},
    ],
  });
  const {spec} = loosenedFor(policy({volumes: ['configMap']}), pod);
  expect(spec.allowedHostPaths).toEqual([{pathPrefix: '/data', readOnly: true}]);
  expect(spec.allowedCSIDrivers).toEqual([{name: 'ssd.example.com'}]);
  expect(spec.allowedFlexVolumes).toEqual([{driver: 'example/disk'}]);
  // What somebody wrote, and what was open before, stays.
  const written = [{pathPrefix: '/', readOnly: false}];
  const kept = loosenedFor(policy({volumes: ['configMap'], allowedHostPaths: written}), pod);
  expect(kept.spec.allowedHostPaths).toEqual(written);
  expect(loosenedFor(policy({volumes: ['hostPath']}), pod).spec.allowedHostPaths ?? []).toEqual([]);
});
