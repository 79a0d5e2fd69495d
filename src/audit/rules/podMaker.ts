import {controls} from '../../controls/index.ts';
import {subjectWord} from '../../grant/namedSubject.ts';
import type {Role} from '../../kube/objects.ts';
import {dangerousPodRights, isDangerous} from '../../policy/danger.ts';
import {policiesOf} from '../../rbac/authorize.ts';
import type {Grantee} from '../../rbac/grantee.ts';
import {podMakers} from '../../rbac/indirect.ts';
import {commandLine} from '../remedies.ts';
import {roleAt} from '../roleEdits.ts';
import {defineRule} from '../rule.ts';
import {firstOf, wayText} from '../words.ts';

/** Who has a policy that nobody gave them, by creating pods. */
export const podMaker = defineRule({
  id: 'pod-maker',
  severity: 'medium',
  milder: 'info for users and groups.',
  title: 'Who may create pods where pods may use a policy beyond baseline',
  why: "Whoever may create pods, or workloads, in a namespace chooses the account that they run as, and so has every policy that an account there may use. What counts are the controls of [`open-to-workloads`](#open-to-workloads). Left out are Kubernetes' own subjects, and who has a role for everything.",
  remedy:
    'Move what needs the policy to a namespace of its own, or take the right to create from the subject.',
  needs: ['rbac'],
  breadth: 'cluster',
  find: ({inventory, authorizer, policies}) => {
    const known = policies.filter(({prepared}) => prepared.unusable === undefined);
    const opened = dangerousPodRights(
      known.map(({policy}) => policy),
      authorizer,
    );
    const sweeping = authorizer.grants.filter(
      ({policies: named, role}) => named === undefined && isForMore(roleAt(role, inventory.rbac)),
    );
    const held = sweeping.flatMap(({subjects}) =>
      subjects.map(({kind, name}) => `${kind}/${name}`),
    );
    const makers = podMakers(inventory.rbac, undefined, opened).filter(
      ({subject}) => !isSystem(subject) && !held.includes(`${subject.kind}/${subject.name}`),
    );
    const bySubject = Map.groupBy(
      makers,
      ({subject: {kind, namespace = '', name}}) => `${kind}\0${namespace}\0${name}`,
    );
    return [...bySubject.values()].flatMap(all => {
      const [first] = all;
      if (first === undefined) return [];
      const {kind, namespace, name} = first.subject;
      const named = new Set(all.flatMap(maker => maker.policies ?? []));
      const opens = [...new Set(all.flatMap(maker => maker.opens ?? []))].sort();
      return [
        {
          object: {kind, namespace, name},
          message: `may create pods, and so has policy ${firstOf(opens, 3).join(', ')}`,
          evidence: firstOf(
            all.flatMap(({via, namespace: place, rights}) =>
              via.map(way => `${place ?? 'cluster'}: ${rights.join(', ')}: ${wayText(way)}`),
            ),
          ),
          controls: controls.filter(control =>
            known.some(
              ({policy, prepared}) => named.has(prepared.name) && isDangerous(control, policy),
            ),
          ),
          remedy: commandLine(
            'kubectl',
            'psp',
            'who-can',
            '-A',
            '--indirect',
            '--subject',
            subjectWord(first.subject),
          ),
          severity: kind === 'ServiceAccount' ? undefined : 'info',
        },
      ];
    });
  },
});

function isSystem({kind, namespace, name}: Grantee): boolean {
  if (kind !== 'ServiceAccount') return name.startsWith('system:');
  return namespace === 'kube-system';
}

/** Whether a role gives policies with everything else: such are admins. */
function isForMore(role: Role | undefined): boolean {
  const open = role?.rules?.filter(rule => policiesOf(rule) === 'all');
  return open?.some(({resources}) => resources?.includes('*')) ?? true;
}
