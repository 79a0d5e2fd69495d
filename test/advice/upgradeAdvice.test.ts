import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {adviceForUpgrade, type UpgradedItem} from '../../src/advice/upgradeAdvice.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import {templatesOf} from '../../src/inventory/submissions/items.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {type JsonObject, printJson} from '../../src/kube/json.ts';
import type {Policy} from '../../src/kube/objects.ts';
import type {PodView} from '../../src/kube/podView.ts';
import {type Release, releaseName} from '../../src/kube/release.ts';
import {openPolicy} from '../../src/policy/comparePolicies.ts';
import {editsOf, evaluate, policyErrors, preparePolicy} from '../../src/policy/evaluate.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {deployment} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {runsOf} from '../support/run/runs.ts';

/** The same objects on both sides of an upgrade. */
function pairsOf(objects: readonly JsonObject[], from: Release, to: Release) {
  const world: Inventory = clusterWith(objects, {origin: 'manifests', release: from});
  const later = templatesOf({...world, release: to});
  return templatesOf(world).map((now, index): UpgradedItem => ({now, later: later[index] ?? now}));
}

const releases = fc
  .uniqueArray(fc.constantFrom<Release>(16, 17, 18, 19, 20, 21, 22, 23, 24), {
    minLength: 2,
    maxLength: 2,
  })
  .map(([one = 16, other = 24]): [Release, Release] => (one < other ? [one, other] : [other, one]));

const worlds = fc.array(anyPod, {minLength: 1, maxLength: 4}).map(pods =>
  pods.map((pod, index): JsonObject => {
    const {metadata = {}, spec = {}} = objectOf(pod);
    const name = {name: `p${index}`, namespace: 'shop'};
    return {apiVersion: 'v1', kind: 'Pod', metadata: {...objectOf(metadata), ...name}, spec};
  }),
);

describe('a policy for an upgrade', () => {
  test.each([false, true])('is stored and right on both releases (filling in: %s)', mayFill => {
    let advised = 0;
    fc.assert(
      fc.property(worlds, releases, (objects, [from, to]) => {
        const pairs = pairsOf(objects, from, to);
        const {advices, impossible} = adviceForUpgrade(pairs, 'namespace', mayFill);
        expect(advices.length + impossible.length).toBe(1);
        advised += advices.length;
        for (const {policy} of advices) {
          for (const release of [from, to]) {
            expect(policyErrors(policy, release).map(fieldErrorText)).toEqual([]);
          }
          const views = pairs.flatMap(({now, later}) => [
            now.submission.view,
            later.submission.view,
          ]);
          const isRight = mayFill ? lets : leavesAlone;
          expect(views.filter(view => !isRight(policy, view)).map(({pod}) => pod)).toEqual([]);
        }
      }),
      {numRuns: runsOf(300)},
    );
    expect(advised).toBeGreaterThan(0);
  });

  test('is the least of a release where nothing differs', () => {
    const [pair] = pairsOf([deployment('web', {})], 22, 23);
    const {advices} = adviceForUpgrade(pair === undefined ? [] : [pair], 'workload', false);
    expect(advices.map(({policy}) => policy.spec.volumes)).toEqual([['secret']]);
    expect(advices.map(({upgrade}) => upgrade && releaseName(upgrade))).toEqual(['v1.23']);
  });
});

/** Whether the policy lets the pod in on its own release, perhaps changed. */
function lets(policy: Policy, pod: PodView): boolean {
  const prepared = preparePolicy(policy, pod.release);
  return prepared.unusable === undefined && evaluate(prepared, pod).errors.length === 0;
}

/** Whether it changes no more than every policy does there. */
function leavesAlone(policy: Policy, pod: PodView): boolean {
  const writes = (by: Policy) => printJson(editsOf(preparePolicy(by, pod.release), pod));
  return lets(policy, pod) && writes(policy) === writes(openPolicy);
}

describe('advise --for-upgrade', () => {
  const spec = (more: object) => ({containers: [{name: 'c', image: 'x'}], ...more});
  const workload = (more: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'web', namespace: 'shop'},
    spec: {
      selector: {matchLabels: {app: 'web'}},
      template: {metadata: {labels: {app: 'web'}}, spec: spec(more)},
    },
  });
  const plain = fileOf([workload({})]);
  const volumes = [{name: 'v', ephemeral: {volumeClaimTemplate: {spec: {}}}}];
  const ephemeral = fileOf([workload({volumes})]);

  test('lets the token in as a secret and as a projected volume', async () => {
    const projected = [{name: 'p', projected: {sources: [{configMap: {name: 'm'}}]}}];
    const file = fileOf([workload({volumes: projected})]);
    const types = async (...flags: readonly string[]) => {
      const {out} = await runHere('advise', '-f', file, ...flags);
      return /volumes:\n((?: +- .*\n)*)/.exec(out)?.[1]?.match(/[a-z]+/g);
    };
    expect(await types('--kubernetes-version', 'v1.20')).toEqual(['projected', 'secret']);
    // From v1.21 on, `projected` alone is least, and v1.20 denies what is let in by it.
    expect(await types('--kubernetes-version', 'v1.21')).toEqual(['projected']);
    expect(await types('--kubernetes-version', 'v1.20', '--for-upgrade', 'v1.21')).toEqual([
      'projected',
      'secret',
    ]);
    const {out, code} = await runHere(
      ...['advise', '-f', plain, '--kubernetes-version', 'v1.20', '--for-upgrade', 'v1.21'],
    );
    expect(code).toBe(0);
    expect(out).toContain('# Right on v1.20 and on v1.21\n');
  });

  test('says where there is none, and why', async () => {
    const flags = ['-f', ephemeral, '--kubernetes-version', 'v1.18', '--for-upgrade', 'v1.19'];
    const {out, err, code} = await runHere('advise', ...flags);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toBe(
      'no least policy for shop/Deployment/web is right on both releases: take one before the upgrade, and another one after it. Volumes: "emptyDir, secret", which v1.18 needs, denies a pod on v1.19 (spec.volumes[0]: Invalid value: "ephemeral": ephemeral volumes are not allowed to be used); "ephemeral, secret", which v1.19 needs, is refused by v1.18 (spec.volumes: Unsupported value: "ephemeral")\n',
    );
    const json = objectOf(JSON.parse((await runHere('advise', ...flags, '-o', 'json')).out));
    expect(json).toMatchObject({
      items: [],
      impossible: [{name: '0-least.shop.default', workloads: [{name: 'web'}]}],
    });
  });

  test.each([
    [['--for-upgrade', 'v1.19'], 'not later than v1.20, by whose rules answers are made'],
    [['--for-upgrade', 'v1.25'], 'it has no PodSecurityPolicy, which v1.25 removed'],
    [['--for-upgrade', 'v1.21', '--reuse'], '--reuse and --for-upgrade exclude each other'],
  ])('%j is a usage error', async (flags, says) => {
    const {code, err} = await runHere(
      ...['advise', '-f', plain, '--kubernetes-version', 'v1.20', ...flags],
    );
    expect(code).toBe(2);
    expect(err).toContain(says);
  });
});
