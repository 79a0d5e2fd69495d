import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import {isObject, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {gatekeeperObjects} from '../../src/migrate/engines/gatekeeper.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {standsFor} from '../../src/migrate/verify/stands.ts';
import {type PodToTry, podsToTry} from '../../src/migrate/verify/trials.ts';
import {grantedPolicies} from '../cluster/verifyWorld.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {grantOfUse} from '../support/builders/useGrants.ts';
import {engineProgram} from '../support/kubernetes/engines.ts';
import {objectOf} from '../support/run/output.ts';
import {runProgram} from '../support/run/run.ts';

const gator = engineProgram('gator');

/** Each policy is the only one of a namespace of its own, which has a workload. */
const world = grantedPolicies.flatMap(policy => {
  const name = String(objectOf(policy.metadata).name);
  const metadata = {namespace: name, name: 'default'};
  const template = {
    metadata: {labels: {app: 'web'}},
    spec: {
      automountServiceAccountToken: false,
      containers: [{name: 'app', image: 'i', securityContext: {runAsUser: 1000}}],
    },
  };
  return [
    policy,
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata},
    ...grantOfUse(name, {kind: 'ServiceAccount', ...metadata}, name),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {namespace: name, name: 'web'},
      spec: {selector: {matchLabels: {app: 'web'}}, template},
    },
  ];
});

describe.runIf(gator !== undefined)('policies under Gatekeeper', () => {
  test('are kept where there is a constraint: pods get in that the policy takes as they are', {
    timeout: 600_000,
  }, async () => {
    const source = clusterWith(world, {serverVersion: 'v1.24.17'});
    const {objects} = gatekeeperObjects(source);
    expect(objects.filter(({kind}) => kind === 'ConstraintTemplate')).toHaveLength(
      grantedPolicies.length,
    );
    // The server mounts a token before the engine sees the pod.
    const trials = standsFor(source)
      .stands.flatMap(stand => podsToTry(stand, source))
      .filter(({pod}) => objectOf(pod.spec).automountServiceAccountToken === false);
    const nameOf = (trial: PodToTry) => `trial-${trials.indexOf(trial)}`;
    const pods = trials.map(trial => ({
      ...trial.pod,
      metadata: {...objectOf(trial.pod.metadata), name: nameOf(trial)},
    }));
    const refused = await refusedOf([...objects, ...pods]);
    // What a later server does that only validates.
    const options = {...fullOptions, mode: 'validate'} as const;
    const judge = judgeOf({
      ...source,
      serverVersion: 'v1.37.2',
      policyApi: 'absent',
      admissionPolicies: nativeObjects(source.policies, options).objects,
    });
    const differing = trials.flatMap(trial => {
      const {allowed, decision} = judge.judgement(trial.submission);
      const words = refused.get(nameOf(trial));
      // What the server itself refuses, the engine never sees.
      const isTaken = allowed === true || decision.kind === 'invalid';
      return isTaken === (words === undefined)
        ? []
        : [{pod: printJson(trial.pod), says: trial.says, allowed, words}];
    });
    process.stderr.write(
      `pods under Gatekeeper: ${trials.length} tried, ${refused.size} refused, ${differing.length} differ\n`,
    );
    expect(differing.slice(0, 10)).toEqual([]);
    expect(refused.size).toBeGreaterThan(100);
    expect(trials.length - refused.size).toBeGreaterThan(100);
  });
});

/** What the engine refuses: its words by the pod's name. */
async function refusedOf(objects: readonly JsonObject[]): Promise<ReadonlyMap<string, string>> {
  const {out, err} = await runProgram(gator ?? '', ['test', '--output', 'json'], {
    stdin: objects.map(one => printJson(one)).join('\n---\n'),
  });
  if (!out.startsWith('[') && !out.startsWith('null')) throw new Error(`${out}${err}`);
  const results = parseJson(out);
  return new Map(
    (Array.isArray(results) ? results.filter(isObject) : []).map(one => {
      const {name} = objectOf(objectOf(one.violatingObject ?? null).metadata);
      return [String(name), String(one.msg)];
    }),
  );
}
