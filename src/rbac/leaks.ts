import {kindsCreatedBy} from '../kube/workloadKinds.ts';
import {accountOfUser} from './authorize.ts';
import type {Grantee} from './grantee.ts';

/** Who is asked about the use of policies: the plugin of v1.24 asks RBAC alone, admission policies the server's authorizer. */
export type AskedForUse = 'rbac' | 'authorizer';

/** The group whose members the API server lets do everything, before it asks RBAC. */
export const masters = 'system:masters';

/** What an admin should know about a grant, and whether it opens policies to every workload. */
interface GrantNote {
  readonly kind: 'leak' | 'remark';
  readonly text: string;
}

/** Why a grant to this subject opens policies to every workload; undefined if it does not. */
export function leakNote(subject: Grantee, namespace: string | undefined): string | undefined {
  return grantNotes(subject, namespace, 'rbac').find(({kind}) => kind === 'leak')?.text;
}

/**
 * What an admin should know about a grant to this subject. The pods of workloads are requested by
 * controllers, so whoever gives those a policy gives it to everybody who may create a workload.
 */
export function notesFor(
  subject: Grantee,
  namespace: string | undefined,
  asked: AskedForUse,
): readonly string[] {
  return grantNotes(subject, namespace, asked).map(({text}) => text);
}

function grantNotes(
  subject: Grantee,
  namespace: string | undefined,
  asked: AskedForUse,
): readonly GrantNote[] {
  const where = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  const {kind, name} = subject;
  if (kind === 'Group') return groupNotes(name, where, asked);
  const account = kind === 'User' ? accountOfUser(name) : subject;
  const kinds = account?.namespace === 'kube-system' ? kindsCreatedBy(account.name) : [];
  return [
    ...(kind === 'User' && account !== undefined
      ? [remark(`this user is service account ${account.namespace}/${account.name}`)]
      : []),
    ...(kinds.length > 0
      ? [leak(kinds.join(' and '), where, 'this controller requests their pods')]
      : []),
  ];
}

function groupNotes(name: string, where: string, asked: AskedForUse): readonly GrantNote[] {
  switch (name) {
    case 'system:serviceaccounts':
      return [
        leak(
          'workload',
          where,
          'it holds the accounts of all pods, and the controllers that request them',
        ),
      ];
    case 'system:serviceaccounts:kube-system':
      return [leak('workload', where, 'the controllers that request pods are in it')];
    case 'system:authenticated':
      return [
        leak('workload', where, 'the controllers that request pods are in it'),
        remark("a pod's service account does not count as a member"),
      ];
    case masters:
      return [
        remark(
          asked === 'rbac'
            ? 'admission knows no shortcut for system:masters: this binding is what counts'
            : 'the server lets system:masters do everything: its members may use every policy, whatever is bound',
        ),
      ];
    case 'system:unauthenticated':
      return [remark('anonymous requests may use it')];
    case 'system:nodes':
      return [remark('mirror pods of static pods are requested by nodes')];
    default:
      return [];
  }
}

function leak(what: string, where: string, why: string): GrantNote {
  return {kind: 'leak', text: `opens the policy to every ${what} of ${where}: ${why}`};
}

function remark(text: string): GrantNote {
  return {kind: 'remark', text};
}
