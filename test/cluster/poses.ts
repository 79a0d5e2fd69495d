import {setTimeout as sleep} from 'node:timers/promises';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import type {CelAnswer, CelCase} from '../support/kubernetes/celReference.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiAnswer, ApiClient} from '../support/server/apiClient.ts';
import {createOnce, enforce} from './nativeServer.ts';

/** So many cases are in force at a time, each in a namespace of its own. */
const batchSize = 12;
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** What a case says of a pod that a server sets by itself. */
const serversOwn = new Set([
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'selfLink',
]);

/**
 * What a real API server says of the cases: undefined of those that it can't be asked, as nobody can be
 * impersonated who is no authenticated user, and members of system:masters may do anything. `prefix` tells these cases
 * from others on the same server.
 */
export async function poseAll(
  client: ApiClient,
  cases: readonly CelCase[],
  prefix: string,
): Promise<readonly (CelAnswer | undefined)[]> {
  await createOnce(client, `${rbac}/clusterroles`, {
    metadata: {name: 'sends-pods'},
    rules: [{apiGroups: [''], resources: ['pods'], verbs: ['create', 'update']}],
  });
  const answers: (CelAnswer | undefined)[] = [];
  for (let start = 0; start < cases.length; start += batchSize) {
    const batch = cases
      .slice(start, start + batchSize)
      .map((one, index) => new Pose(client, one, `${prefix}${start + index}`));
    answers.push(...(await poseBatch(client, batch, `canary-${prefix}${start}`)));
    if (cases.length > 20 * batchSize) {
      process.stderr.write(`on a server: ${answers.length} of ${cases.length} ${prefix}\n`);
    }
  }
  return answers;
}

async function poseBatch(
  client: ApiClient,
  all: readonly Pose[],
  canary: string,
): Promise<readonly (CelAnswer | undefined)[]> {
  const batch = all.filter(({isPossible}) => isPossible);
  if (batch.length === 0) return all.map(() => undefined);
  await Promise.all(batch.map(pose => pose.prepare()));
  const paths = await enforce(
    client,
    batch.flatMap(pose => pose.objects()),
    canary,
  );
  try {
    return await Promise.all(all.map(pose => (pose.isPossible ? pose.send() : undefined)));
  } finally {
    await Promise.all(paths.map(path => client.request('DELETE', path)));
  }
}

/** A case on a server, in a namespace of its own and with the case's rights there. */
class Pose {
  readonly isPossible: boolean;
  readonly #client: ApiClient;
  readonly #case: CelCase;
  readonly #id: string;
  readonly #user: string;
  readonly #groups: readonly string[];
  /** What v1.37 says of the old pod, if it does not take it. */
  #refused: CelAnswer | undefined;

  constructor(client: ApiClient, one: CelCase, id: string) {
    const {name = '', groups = []} = objectOf(one.user);
    const all = Array.isArray(groups) ? groups.map(String) : [];
    this.#client = client;
    this.#case = one;
    this.#id = id;
    this.#user = this.#moved(String(name));
    this.#groups = all.map(group => this.#moved(group));
    this.isPossible = all.includes('system:authenticated') && !all.includes('system:masters');
  }

  get #namespace(): string {
    return `${this.#case.namespace}-${this.#id}`;
  }

  get #pods(): string {
    return `/api/v1/namespaces/${this.#namespace}/pods`;
  }

  /** A name that may have the case's namespace in it: an account, or a group of accounts. */
  #moved(name: string): string {
    const [prefix, namespace, ...rest] = name
      .split(/(?<=^system:serviceaccounts?):/)
      .flatMap((part, index) => (index === 0 ? [part] : part.split(':')));
    if (namespace === undefined) return name;
    return [prefix, `${namespace}-${this.#id}`, ...rest].join(':');
  }

  /** Makes the namespace, the rights and, for an update, the pod that is there already. */
  async prepare(): Promise<void> {
    const namespace = {metadata: {name: this.#namespace}};
    await createOnce(this.#client, '/api/v1/namespaces', namespace);
    for (const [path, object] of this.#rights()) await createOnce(this.#client, path, object);
    if (this.#case.operation === 'UPDATE') await this.#store(objectOf(this.#case.oldObject));
  }

  /**
   * The case's RBAC objects that matter in its namespace. Bindings of the cluster become bindings there, which is
   * the same to somebody who asks about this namespace, and nothing to the other cases.
   */
  #rights(): readonly (readonly [path: string, object: JsonObject])[] {
    const {clusterRoles, roles, clusterRoleBindings, roleBindings} = objectOf(this.#case.rbac);
    const path = (plural: string) => `${rbac}/namespaces/${this.#namespace}/${plural}`;
    const renamed = (object: Json, name: string): JsonObject => ({
      ...objectOf(object),
      metadata: {name: `${this.#id}-${name}`},
    });
    const isHere = (object: Json) =>
      objectOf(objectOf(object).metadata).namespace === this.#case.namespace;
    const nameOf = (object: Json) => String(objectOf(objectOf(object).metadata).name);
    const bound = (object: Json, prefix: string): JsonObject => {
      const {roleRef, subjects} = objectOf(object);
      const role = objectOf(roleRef);
      return {
        ...renamed(object, `${prefix}-${nameOf(object)}`),
        kind: 'RoleBinding',
        roleRef: {...role, name: `${this.#id}-${String(role.name)}`},
        subjects: listOf(subjects).map(one => this.#subject(objectOf(one))),
      };
    };
    const bindings = [
      ...listOf(clusterRoleBindings).map(one => bound(one, 'cluster')),
      ...listOf(roleBindings)
        .filter(isHere)
        .map(one => bound(one, 'own')),
    ];
    const group = 'rbac.authorization.k8s.io';
    const sender = {
      metadata: {name: 'sends-pods'},
      roleRef: {apiGroup: group, kind: 'ClusterRole', name: 'sends-pods'},
      subjects: [{apiGroup: group, kind: 'User', name: this.#user}],
    };
    return [
      ...listOf(clusterRoles).map(
        one => [`${rbac}/clusterroles`, renamed(one, nameOf(one))] as const,
      ),
      ...listOf(roles)
        .filter(isHere)
        .map(one => [path('roles'), renamed(one, nameOf(one))] as const),
      ...[...bindings, sender].map(one => [path('rolebindings'), one] as const),
    ];
  }

  #subject(subject: JsonObject): JsonObject {
    const {kind, name, namespace} = subject;
    return kind === 'ServiceAccount'
      ? {...subject, namespace: `${String(namespace)}-${this.#id}`}
      : {...subject, name: this.#moved(String(name))};
  }

  async #store(pod: JsonObject): Promise<void> {
    const {ephemeralContainers, ...spec} = objectOf(pod.spec);
    const stored = await this.#client.request(
      'POST',
      this.#pods,
      this.#inNamespace({...pod, spec}),
    );
    if (stored.status !== 201) {
      this.#refused = answerOf(stored, this.#case);
      return;
    }
    if (ephemeralContainers === undefined) return;
    const made = objectOf(stored.json);
    const whole = {...made, spec: {...objectOf(made.spec), ephemeralContainers}};
    const path = `${this.#pods}/${String(objectOf(made.metadata).name)}/ephemeralcontainers`;
    const {status, text} = await this.#client.request('PUT', path, whole);
    if (status !== 200) throw new Error(`${path}: ${status}: ${text}`);
  }

  #inNamespace(pod: JsonObject): JsonObject {
    const ofCase = Object.entries(objectOf(pod.metadata)).filter(([key]) => !serversOwn.has(key));
    return {...pod, metadata: {...Object.fromEntries(ofCase), namespace: this.#namespace}};
  }

  /** The admission policies of the case, for its namespace alone. */
  objects(): readonly JsonObject[] {
    const {objects = []} = this.#case;
    return objects.map(objectOf).map(object => {
      const metadata = objectOf(object.metadata);
      const name = `${String(metadata.name)}-${this.#id}`;
      const spec = objectOf(object.spec);
      const matchLabels = {'kubernetes.io/metadata.name': this.#namespace};
      const bound = {policyName: name, matchResources: {namespaceSelector: {matchLabels}}};
      const isBinding = spec.policyName !== undefined;
      return {
        ...object,
        metadata: {...metadata, name},
        spec: isBinding ? {...spec, ...bound} : spec,
      };
    });
  }

  async send(): Promise<CelAnswer> {
    if (this.#refused !== undefined) return this.#refused;
    const {operation = 'CREATE', object} = this.#case;
    const pod = this.#inNamespace(objectOf(object));
    const name = String(objectOf(pod.metadata).name);
    const [method, path] =
      operation === 'UPDATE' ? ['PUT', `${this.#pods}/${name}`] : ['POST', this.#pods];
    for (;;) {
      const as = {as: this.#user, asGroups: this.#groups};
      const answer = await this.#client.request(method, `${path}?dryRun=All`, pod, as);
      if (answer.status !== 429 && answer.status < 500) return answerOf(answer, this.#case);
      await sleep(500);
    }
  }
}

function answerOf({status, json, text}: ApiAnswer, {name = ''}: CelCase): CelAnswer {
  const cost = {mutation: 0, validation: 0, auditAnnotation: 0, matchCondition: 0};
  const told = isObject(json) ? json : {};
  if (status === 200 || status === 201) return {name, allowed: true, pod: told, cost};
  const message = typeof told.message === 'string' ? told.message : text;
  // Policies say so of what they refuse, whatever its code; else it is the server that does not take it.
  const isByPolicy = /denied request|policy '/.test(message);
  if (!isByPolicy && status !== 422) throw new Error(`${name}: ${status}: ${message}`);
  const phase = isByPolicy ? 'validate' : 'validation';
  return {name, allowed: false, phase, code: status, message, cost};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
