import type {Grantee} from '../../rbac/grantee.ts';
import {type IndirectRight, indirectRights} from '../../rbac/indirect.ts';
import {defineRule} from '../rule.ts';
import {firstOf, wayText} from '../words.ts';

/** With these alone one gets further; to create bindings alone, one must hold what they give. */
const decisive = /^(escalate|bind) |podsecuritypolicies$/;

/** Who could give themselves a policy, or change one. */
export const selfGrant = defineRule({
  id: 'self-grant',
  severity: 'high',
  milder: 'info for users and groups: admins are meant to have such rights.',
  title: 'Accounts that could give themselves a policy, or change one',
  why: "A service account that may bind or escalate roles, or change policies, is one stolen token away from every policy. Kubernetes' own subjects, system:masters and the accounts of kube-system are left out.",
  remedy: 'Take the right from the account, or confine it to a namespace.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: ({inventory}) => {
    const bySubject = Map.groupBy(
      indirectRights(inventory.rbac, undefined).filter(
        ({subject, rights}) => !isOwn(subject) && rights.some(right => decisive.test(right)),
      ),
      ({subject: {kind, namespace = '', name}}) => `${kind}\0${namespace}\0${name}`,
    );
    return [...bySubject.values()].flatMap(all => {
      const [first] = all;
      if (first === undefined) return [];
      const {kind, namespace, name} = first.subject;
      return [
        {
          object: {kind, namespace, name},
          message: 'could give itself a policy, or change one',
          evidence: firstOf([
            `it may ${decisiveRights(all).join(', ')}`,
            ...all.flatMap(({via, namespace: place, rights}) =>
              via.map(way => `${place ?? 'cluster'}: ${rights.join(', ')}: ${wayText(way)}`),
            ),
          ]),
          remedy: 'kubectl psp who-can -A --indirect',
          severity: kind === 'ServiceAccount' ? undefined : 'info',
        },
      ];
    });
  },
});

function isOwn({kind, namespace, name}: Grantee): boolean {
  return kind === 'ServiceAccount' ? namespace === 'kube-system' : name.startsWith('system:');
}

function decisiveRights(all: readonly IndirectRight[]): readonly string[] {
  const rights = all.flatMap(({rights}) => rights.filter(right => decisive.test(right)));
  return [...new Set(rights)].sort();
}
