import {violationText} from '../../podSecurity/judge.ts';
import {isKubernetesOwn} from '../../rbac/kubernetesOwn.ts';
import {relabelRights} from '../../rbac/relabel.ts';
import {count} from '../../text.ts';
import type {VerdictGroup} from '../groups.ts';
import {labelCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, rbacReference, refusalLines} from '../words.ts';

/** Workloads that the level of their namespace refuses. */
export const deniedByLevel = defineRule({
  id: 'denied-by-level',
  severity: 'high',
  milder: 'medium for workloads that are scaled to zero or suspended.',
  title: 'Pods that the level of their namespace refuses',
  why: 'Levels are looked at when a pod is created. Those that run go on, but a restart, a drained node or a new release leaves their workload without pods.',
  remedy: 'Change the pod template in these points, or the label of the namespace.',
  needs: ['labels', 'workloads', 'pods'],
  breadth: 'namespace',
  find: ({groups}) =>
    groups.flatMap(({object, verdicts, runs, workload}) => {
      const denied = verdicts.filter(
        ({state, decision}) => state === 'denied' && decision.kind !== 'invalid',
      );
      const [first] = denied;
      if (first?.podSecurity?.asked === undefined) return [];
      const {asked, refusals, needs, doubts} = first.podSecurity;
      const {level, version} = asked.enforce;
      return [
        {
          object,
          message: runs
            ? `${howMany(denied.length, verdicts.length)} would be denied if recreated`
            : 'the level of its namespace refuses its pods',
          evidence: [
            violationText(level, version, refusals.enforce),
            ...doubts.map(({about, needs: where}) => `depends on ${about} (${where})`),
          ],
          remedy: labelCommand(object.namespace ?? '', {enforce: needs}),
          ...(isIdle({runs, workload}) ? {severity: 'medium' as const} : {}),
        },
      ];
    }),
});

/** Workloads that the server refuses by itself, whatever level is enforced. */
export const refusedByServer = defineRule({
  id: 'refused-by-server',
  severity: 'high',
  milder: 'medium for workloads that are scaled to zero or suspended.',
  title: 'Pods that the server itself refuses, whatever the level',
  why: 'The server validates a pod when it is created, and a newer server may refuse what an older one has let in. Those that run go on, but a restart, a drained node or a new release leaves their workload without pods.',
  remedy: 'Change the pod template in these points: no label helps.',
  needs: ['workloads', 'pods'],
  breadth: 'namespace',
  find: ({groups}) =>
    groups.flatMap(({object, verdicts, runs, workload}) => {
      const refused = verdicts.filter(({decision}) => decision.kind === 'invalid');
      const [first] = refused;
      if (first === undefined) return [];
      return [
        {
          object,
          message: runs
            ? `${howMany(refused.length, verdicts.length)} would be refused as invalid if recreated`
            : 'the server refuses its pods as invalid',
          evidence: firstOf(refusalLines(first)),
          remedy: 'Change the pod template in these points: no label helps.',
          ...(isIdle({runs, workload}) ? {severity: 'medium' as const} : {}),
        },
      ];
    }),
});

/** Whether nobody waits for its pods. */
function isIdle({runs, workload}: Pick<VerdictGroup, 'runs' | 'workload'>): boolean {
  const {replicas = 1, suspend = false} = workload ?? {};
  return !runs && (replicas === 0 || suspend);
}

/** Who may lower the level of a namespace. */
export const mayRelabel = defineRule({
  id: 'may-relabel',
  severity: 'medium',
  title: 'Who may change the labels of namespaces, and so their levels',
  why: 'Who may update or patch a namespace may label it privileged and then create any pod there. So this right is worth as much as the node.',
  remedy: 'Bind the right to admins alone, or guard the labels with a ValidatingAdmissionPolicy.',
  needs: ['rbac', 'labels'],
  breadth: 'cluster',
  find({inventory, levels}) {
    const isEnforced = levels.some(
      ({asked}) => asked !== undefined && asked.enforce.level !== 'privileged',
    );
    if (!isEnforced) return [];
    const rights = relabelRights(inventory.rbac).filter(right => !isKubernetesOwn(right));
    const byBinding = Map.groupBy(rights, ({binding}) => objectText(rbacReference(binding)));
    return [...byBinding.values()].flatMap(same => {
      const [first] = same;
      if (first === undefined) return [];
      const {namespaces, binding, role} = first;
      const where = namespaces === undefined ? 'all namespaces' : namespaces.join(', ');
      return [
        {
          object: rbacReference(binding),
          message: `${count(same.length, 'subject')} may change the labels of ${where}`,
          evidence: firstOf([
            `through ${objectText(rbacReference(role))}`,
            ...same.map(({subject: {kind, namespace, name}}) =>
              objectText({kind, namespace, name}),
            ),
          ]),
          remedy: `kubectl describe ${binding.kind.toLowerCase()} ${binding.name}${binding.namespace === undefined ? '' : ` -n ${binding.namespace}`}`,
        },
      ];
    });
  },
});

function howMany(denied: number, all: number): string {
  if (denied < all) return `${denied} of ${count(all, 'pod')}`;
  return all === 1 ? 'its pod' : `all ${all} pods`;
}
