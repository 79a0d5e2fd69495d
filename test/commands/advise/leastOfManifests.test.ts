import {describe, expect, test} from 'vitest';
import {controls} from '../../../src/controls/index.ts';
import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {hasReference, runReference} from '../../support/kubernetes/reference.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {manifests} from './manifests.ts';

/** One question to the reference: does this policy alone let these pods through unchanged? */
function caseOf(name: string, policy: object, pod: JsonObject): JsonObject {
  const user = {username: 'u', groups: ['g']};
  const rule = {apiGroups: ['*'], resources: ['*'], verbs: ['*']};
  const role = {metadata: {name: 'all'}, rules: [rule]};
  const binding = {
    metadata: {name: 'all'},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all'},
    subjects: [{kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u'}],
  };
  return {
    name,
    operation: 'CREATE',
    namespace: 'shop',
    user,
    policies: [policy],
    pod,
    rbac: {clusterRoles: [role], roles: [], clusterRoleBindings: [binding], roleBindings: []},
  } as JsonObject;
}

describe.runIf(hasReference('psp-reference'))('least, by the admission code itself', () => {
  /** Which of the cases the reference admits without a change. */
  function unchanged(cases: readonly JsonObject[]): ReadonlySet<string> {
    const input = cases.map(one => `${printJson(one)}\n`).join('');
    const lines = runReference('psp-reference', ['-compact'], input).toString().trimEnd();
    return new Set(
      lines
        .split('\n')
        .map(line => objectOf(parseJson(line)))
        .filter(({allowed, policies}) => {
          const [first] = policies as readonly JsonObject[];
          return allowed === true && first?.mutates !== true;
        })
        .map(({name}) => String(name)),
    );
  }

  test('the advised policy leaves each pod alone; no tighter step of any control does', async () => {
    const {out} = await runHere('advise', '-f', fileOf(manifests), '-o', 'json');
    const cases: JsonObject[] = [];
    const least: string[] = [];
    let tighter = 0;
    for (const advice of itemsOf(out)) {
      const [place] = advice.workloads as readonly JsonObject[];
      const template = objectOf(
        manifests.find(({metadata}) => objectOf(metadata).name === place?.name)?.spec,
      ).template;
      const pod = withToken(objectOf(template));
      const policy = decodePolicy(objectOf(advice.policy));
      const ask = (label: string, value: object) => {
        cases.push(caseOf(label, {kind: 'PodSecurityPolicy', ...value}, pod));
        return label;
      };
      least.push(ask(`${place?.name}: least`, policy));
      for (const control of controls) {
        for (const {label, value} of control.steps(policy, lastRelease)) {
          if (
            !control.covers(policy, value, lastRelease) ||
            control.covers(value, policy, lastRelease)
          )
            continue;
          if (isMoot(control.id, policy)) continue;
          tighter += 1;
          ask(`${place?.name}: ${control.id}: ${label}`, value);
        }
      }
    }
    expect(tighter).toBeGreaterThan(60);
    expect([...unchanged(cases)]).toEqual(least);
  });
});

/** Where no volume of a type may be used, there is nothing to be tighter about. */
function isMoot(id: string, {spec}: Policy): boolean {
  const type = {
    allowedHostPaths: 'hostPath',
    allowedFlexVolumes: 'flexVolume',
    allowedCSIDrivers: 'csi',
  }[id];
  return type !== undefined && !spec.volumes?.includes(type);
}

/** The pod as the ServiceAccount plugin passes it on, which the reference does not run. */
function withToken({metadata, spec}: JsonObject): JsonObject {
  const own = objectOf(spec);
  const token = {name: 'kube-api-access-x', projected: {sources: tokenSources}};
  const volumes = Array.isArray(own.volumes) ? own.volumes : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {...objectOf(metadata), name: 'p'},
    spec: {
      ...own,
      volumes: own.automountServiceAccountToken === false ? volumes : [...volumes, token],
    },
  };
}

const tokenSources = [
  {serviceAccountToken: {expirationSeconds: 3607, path: 'token'}},
  {configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
  {
    downwardAPI: {
      items: [{path: 'namespace', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}}],
    },
  },
];
