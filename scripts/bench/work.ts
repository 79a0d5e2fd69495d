import {type PolicySet, policySet} from '../../src/admission/admit.ts';
import {list, object, string} from '../../src/kube/decode.ts';
import type {Json} from '../../src/kube/json.ts';
import {binding, decodePolicy, role} from '../../src/kube/objects.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {preparePolicy} from '../../src/policy/evaluate.ts';
import {type Authorizer, authorizerOf, type Identity} from '../../src/rbac/authorize.ts';

/** The input of a run, decoded and made ready: what psp-bench has too when its clock starts. */
export interface Work {
  /** How many pods to decide on: `distinctPods`, over and over. */
  readonly pods: number;
  readonly user: Identity;
  readonly authorizer: Authorizer;
  readonly policies: PolicySet;
  /** With their namespaces and defaults; at least one. */
  readonly distinctPods: readonly Pod[];
}

const count = (value: Json): number => Number(value);
const dump = object({
  pods: count,
  user: object({username: string, groups: list(string, '')}),
  rbac: object({
    clusterRoles: list(role),
    roles: list(role),
    clusterRoleBindings: list(binding),
    roleBindings: list(binding),
  }),
  policies: list(decodePolicy),
  distinctPods: list(object({namespace: string, pod: decodePod})),
});

/** Decodes what `psp-bench -dump` writes; throws if it is not that. */
export function workOf(value: Json): Work {
  const {pods = 0, user, rbac, policies = [], distinctPods = []} = dump(value);
  if (!(pods > 0) || policies.length === 0 || distinctPods.length === 0) {
    throw new Error('it has no pods or no policies; psp-bench -dump writes a file that has');
  }
  return {
    pods,
    user: {user: user?.username ?? '', groups: user?.groups ?? []},
    authorizer: authorizerOf({
      clusterRoles: rbac?.clusterRoles ?? [],
      roles: rbac?.roles ?? [],
      clusterRoleBindings: rbac?.clusterRoleBindings ?? [],
      roleBindings: rbac?.roleBindings ?? [],
    }),
    policies: policySet(policies.map(policy => preparePolicy(policy, lastRelease))),
    distinctPods: distinctPods.map(({namespace = '', pod = decodePod({})}) =>
      defaultPod({...pod, metadata: {...pod.metadata, namespace}}, lastRelease),
    ),
  };
}
