import type {JsonObject} from '../../../src/kube/json.ts';
import {type FakeOptions, fakeCluster} from '../../inventory/fakeCluster.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {json, type Seen, status} from '../../world/fakeApiServer.ts';

/** What a cluster says when `check` asks it. */
export interface Cluster {
  readonly version?: string;
  /** The API versions that have PodSecurityPolicy. */
  readonly served?: readonly string[];
  readonly groups?: readonly string[];
  /** What is said to the first pod that is tried, to the second and so on: a message, or a policy. */
  readonly tried?: readonly Tried[];
  readonly objects?: FakeOptions['objects'];
  /** Paths that are refused. */
  readonly forbidden?: RegExp;
  readonly azure?: boolean;
  /** What is said to a namespace that is tried: a message, or nothing, as it gets in. */
  readonly triedNamespace?: {readonly message: string; readonly status?: number};
  /** The labels of every namespace. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a cluster says to a pod that is tried. */
export type Tried =
  | {readonly policy: string}
  | {readonly message: string; readonly status?: number}
  | 'off';

/** A cluster that answers what `check` asks, and how often it was asked to try a pod. */
async function cluster(given: Cluster) {
  const {version = 'v1.24.17', served = ['policy/v1beta1'], groups = [], tried = []} = given;
  const triedPods: Seen[] = [];
  const server = await fakeCluster({
    objects: given.objects ?? {},
    missing: served.length > 0 ? [] : ['/apis/policy/v1beta1/podsecuritypolicies'],
    answers(response, request) {
      const [path = ''] = request.url.split('?');
      if (given.forbidden?.test(path)) {
        status(response, 403, 'Forbidden', `${path} is forbidden`);
      } else if (path === '/version') json(response, {gitVersion: version});
      else if (path === '/apis') json(response, {groups: groups.map(name => ({name}))});
      else if (path === '/apis/policy/v1beta1' || path === '/apis/extensions/v1beta1') {
        const isServed = served.includes(path.slice('/apis/'.length));
        json(response, {resources: isServed ? [{name: 'podsecuritypolicies'}] : []});
      } else if (path.endsWith('/rolebindings/default:privileged')) {
        if (given.azure) json(response, {metadata: {name: 'default:privileged'}});
        else status(response, 404, 'NotFound', 'not found');
      } else if (request.method === 'POST' && path === '/api/v1/namespaces') {
        const {message, status: code = 422} = given.triedNamespace ?? {message: ''};
        if (given.triedNamespace === undefined) json(response, JSON.parse(request.body), 201);
        else status(response, code, 'Invalid', message);
      } else if (request.method === 'GET' && /^\/api\/v1\/namespaces\/[^/]+$/.test(path)) {
        json(response, {kind: 'Namespace', metadata: {labels: given.labels ?? {}}});
      } else if (request.method === 'POST' && path.endsWith('/pods')) {
        const answer = tried[triedPods.length] ?? 'off';
        triedPods.push(request);
        const pod = objectOf(JSON.parse(request.body));
        if (answer === 'off') json(response, pod, 201);
        else if ('policy' in answer) {
          const annotations = {'kubernetes.io/psp': answer.policy};
          json(response, {...pod, metadata: {...objectOf(pod.metadata), annotations}}, 201);
        } else status(response, answer.status ?? 403, 'Forbidden', answer.message);
      } else return false;
      return true;
    },
  });
  return {...server, triedPods};
}

/** What check says of a cluster, its lines joined. */
export async function checked(given: Cluster, ...args: readonly string[]) {
  const {flags, triedPods} = await cluster(given);
  const {code, out, err} = await runHere('check', ...flags, ...args);
  return {code, text: out.replaceAll(/\s+/g, ' '), out, err, triedPods};
}

/** Where policies are listed, and one of a name that says nothing else. */
export const policy = (name: string): JsonObject => ({metadata: {name}});
export const policyList = '/apis/policy/v1beta1/podsecuritypolicies';
