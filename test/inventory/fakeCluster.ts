import type {ServerResponse} from 'node:http';
import type {JsonObject} from '../../src/kube/json.ts';
import {objectOf} from '../support/run/output.ts';
import {json, type Seen, serve, status} from '../world/fakeApiServer.ts';

export interface FakeOptions {
  /** What is in the cluster, by the path of the list over all namespaces. */
  readonly objects?: Readonly<Record<string, readonly JsonObject[]>>;
  /** Which requests are refused with 403. */
  forbids?(path: string): boolean;
  /** Lists that the server has not; none if not given. */
  readonly missing?: readonly string[];
  /** Answers in place of all the rest, if it returns true. */
  answers?(response: ServerResponse, request: Seen): boolean;
}

/** All lists that a cluster of v1.24 has and that the program asks for. */
const lists = [
  ...['namespaces', 'serviceaccounts', 'pods', 'replicationcontrollers', 'persistentvolumes'].map(
    name => `/api/v1/${name}`,
  ),
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map(
    name => `/apis/apps/v1/${name}`,
  ),
  '/apis/batch/v1/jobs',
  '/apis/batch/v1/cronjobs',
  '/apis/policy/v1beta1/podsecuritypolicies',
  ...['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'].map(
    name => `/apis/rbac.authorization.k8s.io/v1/${name}`,
  ),
];

/** An API server that knows only lists, /version and SelfSubjectAccessReviews (always yes). */
export async function fakeCluster(options: FakeOptions = {}) {
  const {objects = {}, missing = []} = options;
  const server = await serve((response, request) => {
    if (options.answers?.(response, request)) return;
    const [path = '', query = ''] = request.url.split('?');
    if (options.forbids?.(path)) {
      const what = path.split('/').at(-1);
      status(response, 403, 'Forbidden', `${what} is forbidden: User "eve" cannot do it`);
      return;
    }
    if (path === '/version') {
      json(response, {gitVersion: 'v1.24.17'});
      return;
    }
    if (request.method === 'POST') {
      json(response, {status: {allowed: true}}, 201);
      return;
    }
    const [, root = '', namespace, plural = ''] =
      /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
    const list = `${root}/${plural}`;
    if (missing.includes(list) || !(lists.includes(list) || list in objects)) {
      status(response, 404, 'NotFound', 'the server could not find the requested resource');
      return;
    }
    const items = (objects[list] ?? []).filter(
      ({metadata}) => namespace === undefined || objectOf(metadata).namespace === namespace,
    );
    json(response, pageOf(items, new URLSearchParams(query)));
  });
  return {...server, flags: ['--server', server.url]};
}

/** Two items a page, whatever is asked for. */
function pageOf(items: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const from = Number(query.get('continue') ?? 0);
  const more = items.length > from + 2 ? {continue: String(from + 2)} : {};
  return {
    kind: 'List',
    metadata: {resourceVersion: '1', ...more},
    items: items.slice(from, from + 2),
  };
}
