import type {Subject} from '../kube/objects.ts';

const accountName = /^[^:]+:[^:]+$/;
const kinds = ['User', 'Group', 'ServiceAccount'] as const;

/** The account of a subject whose own pods are elsewhere than the binding counts; undefined for others. */
export function accountElsewhere(
  {kind, name = '', namespace}: Subject,
  bindingNamespace: string | undefined,
): {readonly namespace: string; readonly name: string} | undefined {
  if (kind !== 'ServiceAccount' || bindingNamespace === undefined) return undefined;
  // The controllers that create the pods of other namespaces live in kube-system.
  const home = namespace || bindingNamespace;
  return home === bindingNamespace || home === 'kube-system' ? undefined : {namespace: home, name};
}

/** Why a subject is not what it looks like; undefined if nothing speaks against it. */
export function missOfSubject(
  subject: Subject,
  bindingNamespace: string | undefined,
): string | undefined {
  const {kind = '', name = '', namespace} = subject;
  switch (kind) {
    case 'Group':
      if (!/^system:serviceaccount:/.test(name)) return undefined;
      return `has Group ${name}; the accounts of a namespace are in Group system:serviceaccounts:NAMESPACE`;
    case 'User':
      return missOfUser(name);
    case 'ServiceAccount': {
      if ((namespace || bindingNamespace) === undefined) {
        return `has ServiceAccount ${name} without a namespace`;
      }
      const elsewhere = accountElsewhere(subject, bindingNamespace);
      if (elsewhere === undefined) return undefined;
      const {namespace: home} = elsewhere;
      return `has ServiceAccount ${home}/${name}, whose own pods are in namespace ${home}; in ${bindingNamespace} it opens the policy to nothing but pods that this account creates itself`;
    }
    default:
      return `has a subject of kind ${JSON.stringify(kind)}; kinds are User, Group and ServiceAccount`;
  }
}

function missOfUser(name: string): string | undefined {
  if (isGroupName(name)) return `has User ${name}, which is the name of a group`;
  const [, short] = /^(?:system:)?serviceaccounts?:(.*)$/.exec(name) ?? [];
  if (short === undefined || /^system:serviceaccount:[^:]+:[^:]+$/.test(name)) return undefined;
  return accountName.test(short)
    ? `has User ${name}; the user name of that service account is system:serviceaccount:${short}`
    : `has User ${name}; the user name of a service account is system:serviceaccount:NAMESPACE:NAME`;
}

function isGroupName(name: string): boolean {
  return /^system:serviceaccounts(:[^:]+)?$/.test(name) || name === 'system:authenticated';
}

/** The subject that was meant by one that is not what it looks like; undefined if nobody can tell. */
export function meantSubject({kind = '', name = '', namespace}: Subject): Subject | undefined {
  const apiGroup = 'rbac.authorization.k8s.io';
  if (kind === 'Group' || kind === 'User') {
    const [, home, account] = /^(?:system:)?serviceaccounts?:([^:]+):([^:]+)$/.exec(name) ?? [];
    if (home !== undefined && account !== undefined) {
      return {kind: 'ServiceAccount', namespace: home, name: account, apiGroup: undefined};
    }
    const [, place] = /^system:serviceaccount:([^:]+)$/.exec(name) ?? [];
    const group = isGroupName(name)
      ? name
      : kind === 'Group' && place
        ? `system:serviceaccounts:${place}`
        : undefined;
    return group === undefined
      ? undefined
      : {kind: 'Group', name: group, apiGroup, namespace: undefined};
  }
  const right = kinds.find(known => known.toLowerCase() === kind.toLowerCase().replace(/s$/, ''));
  if (right === undefined || right === kind) return undefined;
  if (right !== 'ServiceAccount') return {kind: right, name, apiGroup, namespace: undefined};
  return namespace ? {kind: right, name, namespace, apiGroup: undefined} : undefined;
}
