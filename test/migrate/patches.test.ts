import {describe, expect, test} from 'vitest';
import {patchesFor} from '../../src/migrate/patches.ts';
import {workloadLevels} from '../../src/migrate/workloadLevels.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {deployment, seccompAnnotations, usable} from './objects.ts';

describe('patches', () => {
  const ranges = [{min: 1000, max: 2000}];
  const team = usable(
    'team',
    {
      requiredDropCapabilities: ['ALL'],
      runAsUser: {rule: 'MustRunAs', ranges},
      fsGroup: {rule: 'MustRunAs', ranges},
      runtimeClass: {allowedRuntimeClassNames: ['gvisor'], defaultRuntimeClassName: 'gvisor'},
    },
    seccompAnnotations,
  );
  const inventory = clusterWith([
    ...team,
    deployment('web', {initContainers: [{name: 'first'}]}, {runAsUser: 1500}),
  ]);
  const [patch] = patchesFor(workloadLevels(inventory, 31), inventory, 'psp', 31);

  test('psp: what the policy writes, in the template, and nothing else', () => {
    expect(patch?.isReached).toBe(true);
    expect(patch?.patch).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'web', namespace: 'shop'},
      spec: {
        template: {
          metadata: {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'}},
          spec: {
            runtimeClassName: 'gvisor',
            securityContext: {fsGroup: 1000, seccompProfile: {type: 'RuntimeDefault'}},
            initContainers: [
              {
                name: 'first',
                securityContext: {runAsUser: 1000, capabilities: {drop: ['ALL']}},
              },
            ],
            containers: [{name: 'c', securityContext: {capabilities: {drop: ['ALL']}}}],
          },
        },
      },
    });
  });

  test('json6902 adds below what is there', () => {
    const paths = patch?.operations?.map(({op, path}) => `${op} ${path}`).toSorted();
    expect(paths).toEqual([
      'add /spec/template/spec/containers/0/securityContext/capabilities',
      'add /spec/template/spec/initContainers/0/securityContext',
      'add /spec/template/spec/runtimeClassName',
      'add /spec/template/spec/securityContext',
    ]);
  });

  test('a level: judged again by the checks of the version', () => {
    const [hardened] = patchesFor(workloadLevels(inventory, 31), inventory, 'restricted', 31);
    expect([hardened?.now, hardened?.after, hardened?.isReached]).toEqual([
      'baseline',
      'restricted',
      true,
    ]);
    const probing = clusterWith([
      ...team,
      deployment('web', {
        containers: [{name: 'c', livenessProbe: {tcpSocket: {host: 'h', port: 1}}}],
      }),
    ]);
    const [left] = patchesFor(workloadLevels(probing, 34), probing, 'baseline', 34);
    expect(left?.isReached).toBe(false);
    expect(left?.remarks.join()).toMatch(/not baseline with its patch: probe or lifecycle host/);
  });
});
