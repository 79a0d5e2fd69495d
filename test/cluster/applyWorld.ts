import {expect} from 'vitest';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {planPolicyUpdate} from '../../src/apply/planChange.ts';
import {type Json, type JsonObject, parseJson} from '../../src/kube/json.ts';
import {decodePolicy, type PolicySpec} from '../../src/kube/objects.ts';
import {ApiError, type Client, connect} from '../../src/world/client.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {client as clientOf, json, type Seen, serve} from '../world/fakeApiServer.ts';
import {clusterRole, clusterRoleBinding, policyOf, rbac, rule} from './applyObjects.ts';

const policies = '/apis/policy/v1beta1/podsecuritypolicies';

/** Where a way to the server breaks: before a request gets there, or before its answer is back. */
type Cut = 'before' | 'after' | 'never';

/** A real API server to change, and its admin. */
export class ApplyWorld {
  readonly server: ApiServer;
  readonly admin: Client;

  private constructor(server: ApiServer, admin: Client) {
    this.server = server;
    this.admin = admin;
  }

  /** Starts the server; `stop` ends it. */
  static async start(): Promise<ApplyWorld> {
    const server = await startApiServer();
    return new ApplyWorld(server, await connectTo(server));
  }

  /** Makes the users: `editor` may read policies, `grantor` may make `granted` and grant its use. */
  async makeUsers(): Promise<void> {
    await this.server.createAll([
      clusterRole('editor', [rule('policy', 'podsecuritypolicies', ['get', 'list'])]),
      clusterRole('grantor', [
        rule('policy', 'podsecuritypolicies', ['get', 'create', 'use'], ['granted']),
        rule('policy', 'podsecuritypolicies', ['create']),
        rule(rbac, 'clusterroles', ['get', 'create']),
        rule(rbac, 'clusterrolebindings', ['get', 'create']),
      ]),
      clusterRoleBinding('editor', [{kind: 'User', name: 'editor'}]),
      clusterRoleBinding('grantor', [{kind: 'User', name: 'grantor'}]),
    ]);
  }

  async stop(): Promise<void> {
    this.admin.close();
    await this.server.stop();
  }

  /** A client that acts for this user. */
  connectAs(user: string): Promise<Client> {
    return connectTo(this.server, user);
  }

  /** Makes a policy, and plans its edit. */
  async edit(name: string, spec: PolicySpec): Promise<PlannedChange> {
    await this.server.createAll([policyOf(name)]);
    return this.replan(name, spec);
  }

  /** Plans the edit of a policy that is there. */
  async replan(name: string, spec: PolicySpec): Promise<PlannedChange> {
    const raw = await this.stored(`${policies}/${name}`);
    const policy = decodePolicy(raw);
    const change = planPolicyUpdate({...policy, spec: {...policy.spec, ...spec}}, raw);
    if (change === undefined) throw new Error('the edit changes nothing');
    return change;
  }

  /** The object at this path. */
  async stored(path: string): Promise<JsonObject> {
    return objectOf((await this.server.request('GET', path)).json);
  }

  /** A client whose way to the server breaks before or after a request gets there, so many times. */
  async relay(
    cut: (request: Seen) => Cut | Promise<Cut>,
    times = Number.POSITIVE_INFINITY,
  ): Promise<{client: Client; seen: readonly Seen[]}> {
    let left = times;
    const {url, seen} = await serve(async (response, request) => {
      const where = left > 0 ? await cut(request) : 'never';
      if (where !== 'never') left -= 1;
      if (where === 'before') return void response.destroy();
      const [code, answer] = await this.#forward(request);
      if (where === 'after') return void response.destroy();
      json(response, answer, code);
    });
    const {client} = await clientOf({server: url});
    return {client, seen};
  }

  /** Changes a policy behind the back of whoever is tested. */
  async patch(name: string, body: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    const {status} = await this.server.request('PATCH', `${policies}/${name}`, body, {contentType});
    expect(status).toBe(200);
  }

  async #forward({method, url, body}: Seen): Promise<readonly [number, Json]> {
    try {
      if (method === 'GET') return [200, await this.admin.get(url)];
      return [200, await this.admin.send(method as 'PUT', url, parseJson(body))];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return [error.status, error.body ?? null];
    }
  }
}

function connectTo({kubeconfig}: ApiServer, user?: string): Promise<Client> {
  return connect({kubeconfig, as: user}, {env: {}, warn: () => undefined});
}
