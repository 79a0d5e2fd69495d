import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {recordedVectors} from '../support/kubernetes/conformance.ts';
import {objectOf} from '../support/run/output.ts';

/** A case of the vectors, whose pod and policies the API server would take. */
export interface Case {
  readonly name: string;
  readonly namespace: string;
  readonly user: {readonly username: string; readonly groups: readonly string[]};
  readonly policies: readonly JsonObject[];
  readonly rbac: Readonly<Record<string, readonly JsonObject[]>>;
  readonly pod: JsonObject;
}

/** The cases of new pods that use no feature gate and in which everything is valid. */
export function validCases(): readonly Case[] {
  return recordedVectors().flatMap(({input, expected}) => {
    const isValid =
      input.operation === 'CREATE' &&
      input.featureGates === undefined &&
      isEmpty(expected.podErrors) &&
      isEmpty(expected.policyValidation);
    return isValid ? [input as unknown as Case] : [];
  });
}

function isEmpty(list: Json | undefined): boolean {
  return list === undefined || (Array.isArray(list) && list.length === 0);
}

/**
 * The policies and RBAC objects of a case in a namespace of their own, by names of their own, so
 * that many cases fit into one cluster.
 */
export function objectsOf({policies, rbac, namespace}: Case, id: string): readonly JsonObject[] {
  const names = policies.map(policy => String(objectOf(policy.metadata).name));
  const rename = (text: Json) => (names.includes(String(text)) ? `${id}-${text}` : text);
  const moved = (text: Json | undefined) => (text === namespace ? id : text);
  const subject = (value: Json) => {
    const {name = '', namespace: home, ...rest} = objectOf(value);
    const isGroup = name === `system:serviceaccounts:${namespace}`;
    return {
      ...rest,
      name: isGroup ? `system:serviceaccounts:${id}` : name,
      ...(home === undefined ? {} : {namespace: moved(home)}),
    };
  };
  const adapt = (object: JsonObject): JsonObject => {
    const {metadata, roleRef, subjects, rules, ...rest} = object;
    const {name, namespace: home, ...meta} = objectOf(metadata);
    return {
      ...rest,
      metadata: {
        ...meta,
        name: `${id}-${name}`,
        ...(home === undefined ? {} : {namespace: moved(home)}),
      },
      ...(isObject(roleRef)
        ? {
            roleRef: {
              apiGroup: 'rbac.authorization.k8s.io',
              ...roleRef,
              name: `${id}-${roleRef.name}`,
            },
          }
        : {}),
      ...(Array.isArray(subjects) ? {subjects: subjects.map(subject)} : {}),
      ...(Array.isArray(rules)
        ? {
            rules: rules.map(rule => {
              const {resourceNames} = objectOf(rule);
              if (!Array.isArray(resourceNames)) return rule;
              return {...objectOf(rule), resourceNames: resourceNames.map(rename)};
            }),
          }
        : {}),
    } as JsonObject;
  };
  const isHere = ({metadata}: JsonObject) => {
    const home = objectOf(metadata).namespace;
    return home === undefined || home === namespace;
  };
  const {clusterRoles = [], roles = [], clusterRoleBindings = [], roleBindings = []} = rbac;
  return [
    ...policies,
    ...[...clusterRoles, ...roles, ...clusterRoleBindings, ...roleBindings].filter(isHere),
  ].map(adapt);
}

/** The pod in another namespace, named otherwise; under this account, or under its own. */
export function podIn(
  pod: JsonObject,
  namespace: string,
  name: JsonObject,
  account?: Json,
): JsonObject {
  const {labels, annotations} = objectOf(pod.metadata);
  const {serviceAccount: _old, priorityClassName: _class, ...spec} = objectOf(pod.spec);
  const metadata = {...name, namespace, labels, annotations};
  return podObject(metadata, {
    ...spec,
    ...(account === undefined ? {} : {serviceAccountName: account}),
  });
}

/** Same things of a pod that decide about its security, in one text. */
export function securityOf(pod: JsonObject): string {
  const {annotations = {}} = objectOf(pod.metadata);
  const spec = objectOf(pod.spec);
  const contexts = (list: Json | undefined) =>
    Array.isArray(list) ? list.map(item => withoutEmpty(objectOf(item).securityContext)) : [];
  return printJson(
    sorted({
      annotations,
      runtimeClassName: spec.runtimeClassName ?? null,
      pod: withoutEmpty(spec.securityContext) ?? {},
      initContainers: contexts(spec.initContainers),
      containers: contexts(spec.containers),
    }),
  );
}

/** Unset, null, empty object or text: the server does not keep them apart. */
function withoutEmpty(value: Json | undefined): Json {
  if (!isObject(value)) return value === undefined || value === '' ? null : value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, withoutEmpty(member)] as const)
    .filter(([, member]) => member !== null && !(Array.isArray(member) && member.length === 0));
  return members.length === 0 ? null : Object.fromEntries(members);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sorted(value[key] ?? null)]),
  );
}

/** The errors of a refusal, sorted: between policies the server's order is random. */
export function errorsOf(message: string): readonly string[] {
  const [, head = message, list = ''] = /^([^[]*)\[(.*)\]$/s.exec(message) ?? [];
  return [head, ...list.split(/ (?=(?:pod\.)?(?:spec|metadata)[.[])/).sort()];
}
