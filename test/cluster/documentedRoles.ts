import {readFileSync} from 'node:fs';
import type {JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiServer} from '../support/server/apiServer.ts';

/** A rule of a role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const roles = new Map(
  readDocuments(readFileSync('docs/rbac.yaml', 'utf8'), 'docs/rbac.yaml').map(({value}) => {
    const {metadata, rules} = value as unknown as {
      readonly metadata: {readonly name: string};
      readonly rules: readonly Rule[];
    };
    return [metadata.name, rules];
  }),
);

/** The rules of a ClusterRole of docs/rbac.yaml. */
export function documentedRules(name: string): readonly Rule[] {
  const rules = roles.get(name);
  if (rules === undefined) throw new Error(`docs/rbac.yaml has no ${name}`);
  return rules;
}

/** Who tries them, for the options of a server; a member of no group that has rights. */
export const reader = {name: 'reader', token: 'reader-token'};

const version = 'rbac.authorization.k8s.io/v1';

/** Makes the role that `grant` fills. */
export async function createTriedRole(server: ApiServer): Promise<void> {
  await server.createAll([
    {apiVersion: version, kind: 'ClusterRole', metadata: {name: 'tried'}, rules: []},
    {
      apiVersion: version,
      kind: 'ClusterRoleBinding',
      metadata: {name: 'tried'},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'tried'},
      subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: reader.name}],
    },
  ]);
}

/** Gives the reader these rules and no others, and waits until the server knows. */
export async function grant(server: ApiServer, rules: readonly Rule[]): Promise<void> {
  const path = `/apis/${version}/clusterroles/tried`;
  const {json} = await server.request('GET', path);
  const marker = {apiGroups: ['marker'], resources: [`m${Math.random()}`], verbs: ['get']};
  const some = rules.filter(({resources}) => resources.length > 0);
  const changed = {...objectOf(json), rules: [...some, marker]} as unknown as JsonObject;
  const {status, text} = await server.request('PUT', path, changed);
  if (status !== 200) throw new Error(`${path}: ${status}: ${text}`);
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: reader.name,
      resourceAttributes: {group: 'marker', resource: marker.resources[0] ?? '', verb: 'get'},
    },
  };
  for (;;) {
    const answer = await server.request(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      review,
    );
    if (objectOf(objectOf(answer.json).status).allowed === true) return;
  }
}
