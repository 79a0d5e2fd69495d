import type {Inventory} from '../inventory/inventory.ts';
import {labelOf} from '../kube/reference.ts';
import {authorizerOf} from '../rbac/authorize.ts';
import {type UseRight, whoCan} from '../rbac/whoCan.ts';
import {type GrantTarget, isSameGrantee} from './bindingSteps.ts';

/** Whom to bind, and who was left out and why. */
export interface Targets {
  readonly targets: readonly GrantTarget[];
  readonly notes: readonly string[];
}

/**
 * All who may use the policy `like`, each where they may: in one namespace or in the cluster. Those who
 * may use `policy` there already, as through a role for all policies, are left out. With a namespace, only
 * what its own bindings give.
 */
export function targetsLike(
  rbac: Inventory['rbac'],
  {policy, like}: {readonly policy: string; readonly like: string},
  namespace: string | undefined,
): Targets {
  const authorizer = authorizerOf(rbac);
  const rightsTo = (name: string) =>
    whoCan(authorizer, {policies: [name], namespace, identity: undefined});
  const wanted = rightsTo(like).filter(
    right => namespace === undefined || right.namespace === namespace,
  );
  const has = rightsTo(policy);
  const isThere = (right: UseRight) =>
    has.some(
      other =>
        isSameGrantee(other.subject, right.subject) &&
        (other.namespace === undefined || other.namespace === right.namespace),
    );
  return {
    targets: wanted
      .filter(right => !isThere(right))
      .map(({subject, namespace: place}) => ({subject, namespace: place})),
    notes: wanted
      .filter(isThere)
      .map(right => `${labelOf(right.subject)}${placeText(right)} may use ${policy} already`),
  };
}

function placeText({namespace}: UseRight): string {
  return namespace === undefined ? '' : ` in namespace ${namespace}`;
}
