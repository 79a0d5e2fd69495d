import {kindsCreatedBy} from '../kube/workloadKinds.ts';
import type {Grantee} from './grantee.ts';

const accountUser = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Why a grant to this subject opens policies to every workload; undefined if it does not. */
export function leakNote(subject: Grantee, namespace: string | undefined): string | undefined {
  return notesFor(subject, namespace).find(note => note.startsWith('opens the policy to every'));
}

/**
 * What an admin should know of a grant to this subject. The pods of workloads are requested by
 * controllers, so whoever gives them a policy gives it to everybody who may make a workload.
 */
export function notesFor(subject: Grantee, namespace: string | undefined): readonly string[] {
  const where = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  const opens = (why: string) => `opens the policy to every workload of ${where}: ${why}`;
  const {kind, name} = subject;
  if (kind === 'Group') return groupNotes(name, opens);
  const account = kind === 'User' ? accountUser.exec(name) : undefined;
  const [accountNamespace, accountName] =
    kind === 'User' ? [account?.[1], account?.[2]] : [subject.namespace, name];
  const kinds = accountNamespace === 'kube-system' ? kindsCreatedBy(accountName ?? '') : [];
  return [
    ...(account ? [`this user is service account ${account[1]}/${account[2]}`] : []),
    ...(kinds.length > 0
      ? [
          `opens the policy to every ${kinds.join(' and ')} of ${where}: this controller requests their pods`,
        ]
      : []),
  ];
}

function groupNotes(name: string, opens: (why: string) => string): readonly string[] {
  switch (name) {
    case 'system:serviceaccounts':
      return [opens('it holds the accounts of all pods, and the controllers that request them')];
    case 'system:serviceaccounts:kube-system':
      return [opens('the controllers that request pods are in it')];
    case 'system:authenticated':
      return [
        opens('the controllers that request pods are in it'),
        "a pod's service account does not count as a member",
      ];
    case 'system:masters':
      return [
        'admission of v1.24 knows no shortcut for system:masters: this binding is what counts',
      ];
    case 'system:unauthenticated':
      return ['anonymous requests may use it'];
    case 'system:nodes':
      return ['mirror pods of static pods are requested by nodes'];
    default:
      return [];
  }
}
