import type {ServerResponse} from 'node:http';
import type {JsonObject} from '../../src/kube/json.ts';
import {objectOf} from '../support/run/output.ts';
import {json, type Seen, serve, status} from './fakeApiServer.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

interface Event {
  readonly list: string;
  readonly version: number;
  readonly type: EventType;
  readonly object: JsonObject;
}

interface Watcher {
  readonly list: string;
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
}

/** An API server in memory whose lists can be watched, and that fails as it is told. */
export interface FakeWatchServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Adds or replaces an object, in the list over all namespaces that `list` is the path of. */
  put(list: string, object: JsonObject): void;
  remove(list: string, namespace: string | undefined, name: string): void;
  /** Forgets what has happened: a watch from an older version gets 410. */
  expire(how?: 'status' | 'event'): void;
  /** Sends every watcher a bookmark. */
  bookmark(): void;
  /** Ends all watches: in good order, or by breaking their connections. */
  endWatches(how: 'end' | 'break'): void;
  watching(): readonly string[];
  /** Answers in place of all the rest, if it returns true; for both lists and watches. */
  answers: ((response: ServerResponse, request: Seen) => boolean) | undefined;
}

const kinds: Readonly<Record<string, string>> = {
  '/api/v1/namespaces': 'Namespace',
  '/api/v1/serviceaccounts': 'ServiceAccount',
  '/api/v1/pods': 'Pod',
  '/api/v1/replicationcontrollers': 'ReplicationController',
  '/apis/apps/v1/deployments': 'Deployment',
  '/apis/apps/v1/replicasets': 'ReplicaSet',
  '/apis/apps/v1/statefulsets': 'StatefulSet',
  '/apis/apps/v1/daemonsets': 'DaemonSet',
  '/apis/batch/v1/jobs': 'Job',
  '/apis/batch/v1/cronjobs': 'CronJob',
  '/apis/node.k8s.io/v1/runtimeclasses': 'RuntimeClass',
  '/apis/policy/v1beta1/podsecuritypolicies': 'PodSecurityPolicy',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles': 'ClusterRole',
  '/apis/rbac.authorization.k8s.io/v1/roles': 'Role',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings': 'ClusterRoleBinding',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings': 'RoleBinding',
};

/** The paths of all lists that the server has. */
export const watchedLists = Object.keys(kinds);

const listPattern = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/;
const gone = {code: 410, reason: 'Expired', message: 'too old resource version'};

/** Two items a page, whatever is asked for. */
const pageSize = 2;

export async function fakeWatchServer(): Promise<FakeWatchServer> {
  const lists = new Map(watchedLists.map(list => [list, new Map<string, JsonObject>()]));
  const watchers = new Set<Watcher>();
  let history: Event[] = [];
  let version = 1;
  let oldest = 0;
  let expiry: 'status' | 'event' = 'event';

  const send = ({response}: Watcher, type: string, object: JsonObject): void => {
    response.write(`${JSON.stringify({type, object})}\n`);
  };
  const isFor = (watcher: Watcher, {list, object}: Event): boolean =>
    watcher.list === list &&
    (watcher.namespace ?? objectOf(object.metadata).namespace) ===
      objectOf(object.metadata).namespace;
  const tell = (list: string, type: EventType, object: JsonObject): void => {
    const event = {list, version, type, object};
    history.push(event);
    for (const watcher of watchers) if (isFor(watcher, event)) send(watcher, type, object);
  };
  const startWatch = (watcher: Watcher, from: number): void => {
    const {response} = watcher;
    if (from < oldest && expiry === 'status') {
      status(response, gone.code, gone.reason, gone.message);
      return;
    }
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.flushHeaders();
    if (from < oldest) {
      send(watcher, 'ERROR', {kind: 'Status', status: 'Failure', ...gone});
      response.end();
      return;
    }
    for (const event of history) {
      if (event.version > from && isFor(watcher, event)) send(watcher, event.type, event.object);
    }
    watchers.add(watcher);
    response.on('close', () => watchers.delete(watcher));
  };

  const {url, seen} = await serve((response, request) => {
    if (made.answers?.(response, request)) return;
    const [path = '', text = ''] = request.url.split('?');
    const query = new URLSearchParams(text);
    const [, root = '', namespace, plural = ''] = listPattern.exec(path) ?? [];
    const list = `${root}/${plural}`;
    const objects = lists.get(list);
    if (path === '/version') json(response, {gitVersion: 'v1.24.17'});
    else if (request.method === 'POST') json(response, {status: {allowed: true}}, 201);
    else if (objects === undefined) status(response, 404, 'NotFound', 'no such list');
    else if (query.get('watch') === '1') {
      startWatch({list, namespace, response}, Number(query.get('resourceVersion')));
    } else {
      const items = [...objects.values()].filter(
        ({metadata}) => namespace === undefined || objectOf(metadata).namespace === namespace,
      );
      const from = Number(query.get('continue') ?? 0);
      const more = items.length > from + pageSize ? {continue: String(from + pageSize)} : {};
      json(response, {
        kind: `${kinds[list]}List`,
        metadata: {resourceVersion: String(version), ...more},
        items: items.slice(from, from + pageSize),
      });
    }
  });

  const made: FakeWatchServer = {
    url,
    seen,
    answers: undefined,
    put(list, object) {
      version++;
      const metadata = objectOf(object.metadata);
      const place = `${metadata.namespace ?? ''}/${metadata.name}`;
      const objects = lists.get(list);
      const type = objects?.has(place) ? 'MODIFIED' : 'ADDED';
      const stored = {
        ...object,
        apiVersion: list.split('/').slice(2, -1).join('/'),
        kind: kinds[list] ?? '',
        metadata: {...metadata, resourceVersion: String(version)},
      };
      objects?.set(place, stored);
      tell(list, type, stored);
    },
    remove(list, namespace, name) {
      const place = `${namespace ?? ''}/${name}`;
      const object = lists.get(list)?.get(place);
      if (object === undefined) return;
      version++;
      lists.get(list)?.delete(place);
      const metadata = {...objectOf(object.metadata), resourceVersion: String(version)};
      tell(list, 'DELETED', {...object, metadata});
    },
    expire(how = 'event') {
      expiry = how;
      history = [];
      version++;
      oldest = version;
    },
    bookmark() {
      const metadata = {resourceVersion: String(version)};
      for (const watcher of watchers) send(watcher, 'BOOKMARK', {metadata});
    },
    endWatches(how) {
      for (const {response} of watchers) {
        if (how === 'end') response.end();
        else response.destroy();
      }
      watchers.clear();
    },
    watching: () => [...watchers].map(({list}) => list),
  };
  return made;
}
