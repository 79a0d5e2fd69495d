import type {ObjectReference} from './authorize.ts';
import type {Grantee} from './grantee.ts';
import {masters} from './leaks.ts';

/** A right that a binding gives somebody. */
interface GivenRight {
  readonly subject: Grantee;
  readonly binding: Pick<ObjectReference, 'name'>;
}

/**
 * Whether a right is Kubernetes' own: that of admins, who may do anything anyway, or of one of its controllers by the binding
 * that every cluster has. Some of these may change any object.
 */
export function isKubernetesOwn({subject, binding}: GivenRight): boolean {
  const {kind, namespace, name} = subject;
  if (kind === 'Group') return name === masters;
  return namespace === 'kube-system' && binding.name === `system:controller:${name}`;
}
