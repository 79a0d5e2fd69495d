import type {Subject} from '../kube/objects.ts';
import {type Identity, type ObjectReference, serviceAccountUser} from './authorize.ts';

/** A subject as RBAC names it; only service accounts have a namespace. */
export interface Grantee {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The subjects of a grant that can be anybody (pkg/registry/rbac/validation/rule.go, appliesToUser). */
export function granteesOf({
  subjects,
  binding,
}: {
  readonly subjects: readonly Subject[];
  readonly binding: ObjectReference;
}): readonly Grantee[] {
  return subjects.flatMap((subject): readonly Grantee[] => {
    const {kind, name = ''} = subject;
    if (kind === 'User' || kind === 'Group') return [{kind, namespace: undefined, name}];
    const namespace = subject.namespace || binding.namespace;
    return kind === 'ServiceAccount' && namespace ? [{kind, namespace, name}] : [];
  });
}

/** Whether what is granted to a subject is granted to the identity. */
export function isPartOf({kind, namespace, name}: Grantee, {user, groups}: Identity): boolean {
  if (kind === 'Group') return groups.includes(name);
  return user === (kind === 'User' ? name : serviceAccountUser(namespace ?? '', name));
}
