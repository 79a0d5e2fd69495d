import type {Verdict} from '../../admission/judgement.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {authorizerOf, podIdentity, requestIdentity} from '../../rbac/authorize.ts';

/** The namespace of the control plane: what is refused there may stop the cluster. */
export const systemNamespace = 'kube-system';

/**
 * Why pods may not be refused in kube-system yet; empty if nothing speaks against it. Nodes bring static pods there,
 * and whatever runs there has to come back. What is not known speaks against it.
 */
export function systemObstacles(
  {rbac, policies, gaps}: Inventory,
  verdicts: readonly Verdict[],
): readonly string[] {
  const authorizer = authorizerOf(rbac);
  const mayUseAny = (identity: ReturnType<typeof podIdentity>) =>
    policies.some(({metadata}) => authorizer.mayUse(identity, systemNamespace, metadata.name));
  const inSystem = verdicts.filter(({item}) => item.namespace === systemNamespace);
  const named = (state: string, is: (verdict: Verdict) => boolean) =>
    inSystem
      .filter(is)
      .map(({item: {kind, name}}) => `${kind} ${systemNamespace}/${name} would be ${state}`);
  const node = requestIdentity('system:node:any', ['system:nodes', 'system:authenticated']);
  const isUnread = gaps.some(({resource}) =>
    /role|pods|workload|deployments|daemonsets/.test(resource),
  );
  return [
    ...(isUnread ? ['not all rights and workloads could be read'] : []),
    ...(mayUseAny(node) ? [] : ['group system:nodes may use no policy there: static pods']),
    ...(inSystem.length > 0 || mayUseAny(podIdentity(systemNamespace, 'any'))
      ? []
      : [`group system:serviceaccounts:${systemNamespace} may use no policy there`]),
    ...named('refused', ({allowed}) => allowed === false),
    ...named('unknown', ({allowed}) => allowed === undefined),
  ];
}
