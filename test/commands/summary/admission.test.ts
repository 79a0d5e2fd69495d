import {describe, expect, test} from 'vitest';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {printJson} from '../../../src/kube/json.ts';
import {fakeCluster} from '../../inventory/fakeCluster.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {json} from '../../world/fakeApiServer.ts';

const pod = (name: string, annotations = {}, creationTimestamp?: string) => ({
  metadata: {name, namespace: 'a', uid: name, annotations, creationTimestamp},
  spec: {containers: [{name: 'c', securityContext: {privileged: true}}]},
});
const marked = {'kubernetes.io/psp': 'gone'};

/** The summary of a cluster of these pods. */
async function summaryOf(
  pods: readonly ReturnType<typeof pod>[],
  policies: readonly object[] = [policyObject('strict', {})],
) {
  const posts: string[] = [];
  const {flags} = await fakeCluster({
    objects: {
      '/apis/policy/v1beta1/podsecuritypolicies': policies.map(policy => objectOf({...policy})),
      '/api/v1/pods': pods.map(item => objectOf(item)),
      '/api/v1/namespaces': [{metadata: {name: 'a'}}],
    },
    answers(response, request) {
      if (request.method !== 'GET') posts.push(request.url);
      if (request.url !== '/version') return false;
      json(response, {gitVersion: 'v1.24.17'});
      return true;
    },
  });
  const table = await runHere(...flags, '-o', 'table');
  const {out} = await runHere(...flags, '-o', 'json');
  return {text: table.out, out, rows: itemsOf(out), posts};
}

describe('the summary says whether admission asks policies, before what would be denied', () => {
  test('off, as all pods tell: nothing is denied, unless it was turned on after they came', async () => {
    const {text, rows, out} = await summaryOf([pod('p'), pod('q')]);
    expect(text).toContain('Admission probably off: 0 of 2 pods carry kubernetes.io/psp');
    expect(text).toContain(
      'denies none. If it was turned on after they came, it denies 2: see check.',
    );
    expect(text).not.toContain('would deny');
    expect(rows).toMatchObject([{namespace: 'a', pods: 2, denied: 0}]);
    expect(JSON.parse(out)).toMatchObject({admission: {answer: 'no'}});
  });

  test('on, as all pods tell', async () => {
    const {text, rows} = await summaryOf([pod('p', marked), pod('q', marked)]);
    expect(text).toContain('a restart would deny 2');
    expect(text).not.toContain('Admission');
    expect(rows).toMatchObject([{denied: 2}]);
  });

  test('the youngest pod decides where pods tell both', async () => {
    const [old, young] = ['2023-01-01T00:00:00Z', '2023-01-02T00:00:00Z'];
    const on = await summaryOf([pod('p', {}, old), pod('q', marked, young)]);
    expect(on.text).toContain('a restart would deny 2');
    const off = await summaryOf([pod('p', {}, young), pod('q', marked, old)]);
    expect(off.text).toContain('Admission probably off: the youngest pod, a/p, does not carry');
    expect(off.text).not.toContain('would deny');
  });

  test('unknown without a pod: what would be denied depends on it', async () => {
    const {text, out} = await summaryOf([]);
    expect(text).toContain('Admission unknown: there is no pod to judge by');
    expect(text).toContain(
      'If it is, then of the\n0 pods and idle workloads, a restart would deny 0',
    );
    expect(JSON.parse(out)).toMatchObject({admission: {answer: 'unknown'}});
  });

  test('unknown, without a policy: nothing is denied', async () => {
    const {text, rows} = await summaryOf([], []);
    expect(text).toContain('there is no policy');
    expect(text).not.toContain('would deny');
    expect(rows).toMatchObject([{denied: 0}]);
  });

  test('nothing is sent that writes, not even as a dry run', async () => {
    const {posts} = await summaryOf([pod('p'), pod('q', marked)]);
    expect(posts).toEqual([]);
  });

  test('pods of files were not let in by anybody, so they tell nothing', async () => {
    const file = fileOf([
      {...pod('p'), apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p', namespace: 'a'}},
      policyObject('strict', {}),
    ]);
    const {out} = await runHere('--from', file, '-o', 'table');
    expect(out).toContain('Admission unknown: there is no pod to judge by');
    const check = await runHere('check', '--from', file);
    expect(check.out).toContain('unknown: there is no pod to judge by');
  });

  test('a snapshot by its pods', async () => {
    const {pods} = demoSnapshot;
    const bare = (Array.isArray(pods) ? pods : []).map(item => {
      const one = objectOf(item);
      return {...one, metadata: {...objectOf(one.metadata), annotations: {}}};
    });
    const file = fileOf(printJson({...demoSnapshot, pods: bare}), 'snapshot.json');
    const {out} = await runHere('--from', file, '-o', 'table');
    expect(out).toContain('Admission probably off: 0 of');
    expect(out).not.toContain('would deny');
  });
});

test('one pod is told as one', async () => {
  const {text} = await summaryOf([pod('a', marked)]);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('f 1 pod or idle workload, a restart would deny');
});
