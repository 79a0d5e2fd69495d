import {anyOf, type Cel, cel} from '../../cel/cel.ts';
import {checksInBudget} from '../../inventory/native/nativeLimits.ts';
import {type Variable, variable} from './variables.ts';

/** For how many policies rights can be asked for in one go. */
export function policiesInBudget(extensions: boolean): number {
  return Math.floor(checksInBudget / (extensions ? 4 : 2));
}

/**
 * Whether the pod's service account, or else its requester, may use a policy, or any policy if none is named: an
 * expression can pay for two checks, so the old group of the API is asked by another one. RBAC knows a resource by
 * its name alone: roles for podsecuritypolicies go on to mean what they say where there are none.
 */
export function askRights(
  prefix: string,
  name: Cel | undefined,
  {extensions, asks = 'authorizer'}: RightsOptions,
): {readonly mayUse: Cel; readonly variables: readonly Variable[]} {
  const groups = extensions ? ['policy', 'extensions'] : ['policy'];
  const ask = asks === 'reviews' ? byReview : byAuthorizer;
  const variables = groups.map(group => ({
    name: group === 'policy' ? `${prefix}_mayUse` : `${prefix}_mayUseOld`,
    value: ask(name, group),
  }));
  return {mayUse: anyOf(variables.map(one => variable(one.name))), variables};
}

/** How rights are asked for. */
export interface RightsOptions {
  /** Whether roles grant them in the API group `extensions` as well. */
  readonly extensions: boolean;
  /** By the server's own authorizer, or where expressions have none, by SubjectAccessReviews. */
  readonly asks?: 'authorizer' | 'reviews';
}

const account = cel`object.spec.?serviceAccountName.orValue('')`;

function byAuthorizer(name: Cel | undefined, group: string): Cel {
  const ofPolicies = cel`.group(${group}).resource('podsecuritypolicies').namespace(request.namespace)`;
  const named = name === undefined ? ofPolicies : cel`${ofPolicies}.name(${name})`;
  const use = cel`${named}.check('use').allowed()`;
  return anyOf([
    cel`${account} != '' && authorizer.serviceAccount(request.namespace, ${account})${use}`,
    cel`authorizer${use}`,
  ]);
}

/** An account has these two groups to PodSecurityPolicy (pkg/serviceaccount/util.go, UserInfo, v1.24). */
function byReview(name: Cel | undefined, group: string): Cel {
  const attributes = cel`{'group': ${group}, 'resource': 'podsecuritypolicies', 'verb': 'use', 'namespace': request.namespace, 'name': ${name ?? cel`''`}}`;
  const allowed = (user: Cel, groups: Cel) => {
    const spec = cel`{'user': dyn(${user}), 'groups': dyn(${groups}), 'resourceAttributes': dyn(${attributes})}`;
    const review = cel`{'apiVersion': dyn('authorization.k8s.io/v1'), 'kind': dyn('SubjectAccessReview'), 'spec': dyn(${spec})}`;
    return cel`resource.Post('authorization.k8s.io/v1', 'subjectaccessreviews', ${review}).status.allowed`;
  };
  const ofAccount = allowed(
    cel`'system:serviceaccount:' + request.namespace + ':' + ${account}`,
    cel`['system:serviceaccounts', 'system:serviceaccounts:' + request.namespace]`,
  );
  return anyOf([
    cel`${account} != '' && ${ofAccount}`,
    allowed(cel`request.userInfo.username`, cel`request.userInfo.groups`),
  ]);
}
