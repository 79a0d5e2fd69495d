import {UserError} from '../../errors.ts';
import {policyGroups} from '../../kube/apiGroups.ts';
import {isObject} from '../../kube/json.ts';
import type {Identity} from '../../rbac/authorize.ts';
import type {ClusterReader} from './reader.ts';

/**
 * The server's own answer to "may this identity use the policy in the namespace?", asked the way the
 * plugin asks: for both API groups, and one yes is enough. `system:masters` always gets a yes here, unlike
 * in admission.
 */
export async function reviewAccess(
  client: ClusterReader,
  {user, groups: memberOf}: Identity,
  namespace: string,
  policy: string,
): Promise<boolean> {
  for (const group of policyGroups) {
    const allowed = await review(client, 'subjectaccessreviews', 'SubjectAccessReview', {
      user: user === '' ? undefined : user,
      groups: memberOf,
      resourceAttributes: attributes(group, namespace, policy),
    });
    if (allowed) return true;
  }
  return false;
}

/** The same question about the caller, for both groups too. */
export async function reviewSelf(
  client: ClusterReader,
  namespace: string,
  policy: string,
): Promise<boolean> {
  for (const group of policyGroups) {
    if (await reviewOwn(client, attributes(group, namespace, policy))) return true;
  }
  return false;
}

/**
 * Whether the caller may use each policy in the namespace, whatever its name. No name means all of them
 * (authorization/v1 ResourceAttributes); but RBAC would also say yes to a rule for an empty name, and so
 * it is asked for a name that no rule has, too.
 */
export async function reviewSelfForAll(client: ClusterReader, namespace: string): Promise<boolean> {
  // It need not be secret: a rule with this name would have to be written after the name was made up.
  const noRuleHas = `any-policy-${Math.random().toString(36).slice(2)}`;
  return (
    (await reviewSelf(client, namespace, '')) && (await reviewSelf(client, namespace, noRuleHas))
  );
}

/** Whether the caller may do what the attributes of a request say (`ResourceAttributes`). */
export function reviewOwn(client: ClusterReader, resourceAttributes: object): Promise<boolean> {
  const kind = 'SelfSubjectAccessReview';
  return review(client, 'selfsubjectaccessreviews', kind, {resourceAttributes});
}

function attributes(group: string, namespace: string, name: string): object {
  return {namespace, verb: 'use', group, resource: 'podsecuritypolicies', name};
}

async function review(
  client: ClusterReader,
  plural: string,
  kind: string,
  spec: object,
): Promise<boolean> {
  const answer = await client.send('POST', `/apis/authorization.k8s.io/v1/${plural}`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind,
    spec,
  });
  const status = isObject(answer) ? answer.status : undefined;
  if (isObject(status) && typeof status.allowed === 'boolean') return status.allowed;
  throw new UserError(`the server's answer to ${plural} can't be understood: try again`);
}
