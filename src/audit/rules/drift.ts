import type {Verdict} from '../../admission/judgement.ts';
import type {Control} from '../../controls/control.ts';
import {controls} from '../../controls/index.ts';
import {orderOf} from '../../policy/direction.ts';
import {count} from '../../text.ts';
import {whyCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {viaLines} from '../words.ts';

/** Pods whose policy is not the one that they would get now. */
export const policyDrift = defineRule({
  id: 'policy-drift',
  severity: 'medium',
  milder: 'low where the new policy changes nothing and is looser in no control.',
  title: 'Pods that a restart would move to another policy',
  why: 'What the pods run under is not what they would get now: another policy sorts first, or rights have changed. A restart may change the pods, and what they may do.',
  remedy:
    'Look at which policy is meant (kubectl psp why), take the other one from its service account, and restart it at a good moment.',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'namespace',
  isAboutAdmission: true,
  find: ({inventory, groups}) => {
    const known = new Set(inventory.policies.map(({metadata}) => metadata.name));
    return groups.flatMap(group => {
      const moved = group.verdicts.filter(verdict => drifts(verdict, known));
      const [first] = moved;
      if (first === undefined) return [];
      const moves = Map.groupBy(moved, ({item, chosen}) => {
        const changes = chosen?.mutates ? ', which changes it' : '';
        return `${item.admittedBy} -> ${chosen?.policy.name}${changes}`;
      });
      const targets = [...new Set(moved.map(({chosen}) => chosen?.policy.name))].join(', ');
      return [
        {
          object: group.object,
          message: `a restart would move ${count(moved.length, 'pod')} to ${targets}`,
          evidence: [
            ...[...moves].map(([move, {length}]) => `${count(length, 'pod')}: ${move}`),
            ...viaLines(first),
          ],
          controls: looserControls(first),
          remedy: whyCommand(group, first),
          severity: moved.every(isHarmless) ? 'low' : undefined,
        },
      ];
    });
  },
});

/** A policy that is gone is the matter of another rule. */
function drifts({item, chosen}: Verdict, known: ReadonlySet<string>): boolean {
  const {admittedBy, isLive} = item;
  if (!isLive || admittedBy === undefined || chosen === undefined) return false;
  return admittedBy !== chosen.policy.name && known.has(admittedBy);
}

/** Whether the new policy leaves the pod as it is, and opens nothing that the old one closes. */
function isHarmless(verdict: Verdict): boolean {
  const {item, chosen} = verdict;
  const before = item.admittedBy === undefined ? undefined : verdict.candidate(item.admittedBy);
  if (chosen === undefined || before === undefined || chosen.mutates) return false;
  const order = orderOf(before.policy.policy, chosen.policy.policy, chosen.policy.release);
  return order === 'tighter' || order === 'equal';
}

/** The controls in which the policy that it would get is not as tight as the one that it runs under. */
function looserControls(verdict: Verdict): readonly Control[] {
  const {item, chosen} = verdict;
  const before =
    item.admittedBy === undefined ? undefined : verdict.candidate(item.admittedBy)?.policy;
  const after = chosen?.policy;
  if (before === undefined || after === undefined) return [];
  return controls.filter(control => !control.covers(before.policy, after.policy, after.release));
}
