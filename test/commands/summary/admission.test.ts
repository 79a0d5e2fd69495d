import {describe, expect, test} from 'vitest';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {printJson} from '../../../src/kube/json.ts';
import {fakeCluster} from '../../inventory/fakeCluster.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {json, status} from '../../world/fakeApiServer.ts';

const pod = (name: string, annotations = {}) => ({
  metadata: {name, namespace: 'a', uid: name, annotations},
  spec: {containers: [{name: 'c', securityContext: {privileged: true}}]},
});
const marked = {'kubernetes.io/psp': 'gone'};

/** The summary of a cluster of these pods, in which a pod that is tried gets this answer. */
async function summaryOf(
  pods: readonly ReturnType<typeof pod>[],
  tried: 'on' | 'off' | 'forbidden',
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
      const [path = ''] = request.url.split('?');
      if (path === '/version') json(response, {gitVersion: 'v1.24.17'});
      else if (request.method === 'POST' && path.endsWith('/pods')) {
        posts.push(request.url);
        const body = objectOf(JSON.parse(request.body));
        const annotations = {'kubernetes.io/psp': 'strict'};
        if (tried === 'off') json(response, body, 201);
        else if (tried === 'forbidden') {
          status(
            response,
            403,
            'Forbidden',
            'pods is forbidden: User cannot create resource "pods"',
          );
        } else json(response, {...body, metadata: {...objectOf(body.metadata), annotations}}, 201);
      } else return false;
      return true;
    },
  });
  const table = await runHere(...flags, '-o', 'table');
  const {out} = await runHere(...flags, '-o', 'json');
  return {text: table.out, out, rows: itemsOf(out), posts};
}

describe('the summary says whether admission asks policies, before what would be denied', () => {
  test('off: nothing is denied', async () => {
    const {text, rows, out} = await summaryOf([pod('p'), pod('q', marked)], 'off');
    expect(text).toContain('Admission off: a pod that was tried in namespace');
    expect(text).toContain('With PSP admission off, policies have no say');
    expect(text).not.toContain('would deny');
    expect(rows).toMatchObject([{namespace: 'a', pods: 2, denied: 0}]);
    expect(JSON.parse(out)).toMatchObject({admission: {answer: 'no'}});
  });

  test('on, though no pod was restarted since', async () => {
    const {text, rows} = await summaryOf([pod('p'), pod('q')], 'on');
    expect(text).toContain('a restart would deny 2');
    expect(text).not.toContain('Admission');
    expect(rows).toMatchObject([{denied: 2}]);
  });

  test('on, as all pods tell: none is tried', async () => {
    const {rows, posts} = await summaryOf([pod('p', marked)], 'off');
    expect(rows).toMatchObject([{denied: 1}]);
    expect(posts).toEqual([]);
  });

  test('unknown: what would be denied depends on it', async () => {
    const {text, out} = await summaryOf([pod('p'), pod('q', marked)], 'forbidden');
    expect(text).toContain('Admission unknown: 1 of 2 pods carry kubernetes.io/psp');
    expect(text).toContain(
      'If it is, then of the\n2 pods and idle workloads, a restart would deny 2',
    );
    expect(JSON.parse(out)).toMatchObject({admission: {answer: 'unknown'}});
  });

  test('unknown, without a policy: nothing is denied', async () => {
    const {text, rows} = await summaryOf([pod('p'), pod('q', marked)], 'forbidden', []);
    expect(text).toContain('there is no policy');
    expect(text).not.toContain('would deny');
    expect(rows).toMatchObject([{denied: 0}]);
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
