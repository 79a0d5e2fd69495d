import type {Verdict} from '../../admission/judgement.ts';
import type {Control} from '../../controls/control.ts';
import type {Policy} from '../../kube/objects.ts';
import {isNonEmpty} from '../../nonEmpty.ts';
import {controlNames, dangersOf} from '../../policy/danger.ts';
import {leastPolicy} from '../../policy/least.ts';
import {levelText, openness} from '../../policy/level.ts';
import {count} from '../../text.ts';
import type {AuditContext} from '../context.ts';
import {fittingPolicy, wouldMoveOthers} from '../fitting.ts';
import type {VerdictGroup} from '../groups.ts';
import {passedByName} from '../passedByName.ts';
import {adviseCommand, bindCommand, whyCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, viaLines} from '../words.ts';

/** Pods that could do with far less. */
export const farAboveNeed = defineRule({
  id: 'far-above-need',
  severity: 'medium',
  title: 'Workloads under a policy far above their need',
  why: 'Their policy gives pods a hold on the node, and they need none of it: they would live under a policy within the baseline standard in all controls of [`open-to-workloads`](#open-to-workloads). Whoever breaks into one of them, or may create pods with its account, has the node. In kube-system that is taken for granted.',
  remedy: 'Let the account use a tighter policy that sorts first (kubectl psp advise).',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'namespace',
  isAboutAdmission: true,
  find: context =>
    context.groups.flatMap(group => {
      // Past a policy that was meant for it: the matter of another rule.
      const own = group.verdicts.filter(
        verdict => passedByName(verdict, context.authorizer).length === 0,
      );
      const found = own.flatMap(verdict => excessOf(verdict) ?? []);
      const [first] = found;
      if (first === undefined) return [];
      const {verdict, policy, least, unneeded} = first;
      const {name} = policy.metadata;
      return [
        {
          object: group.object,
          message: `${group.runs ? `${count(found.length, 'pod')} bound` : 'its pods would bind'} to ${name}, ${count(unneeded.length, 'control')} above need: ${controlNames(unneeded)}`,
          evidence: [
            `${name}: ${levelText(policy)}; ${openness(policy) - openness(least)} steps of the standards above the least that would do`,
            ...viaLines(verdict),
          ],
          controls: unneeded,
          remedy: remedyFor(group, verdict, context),
        },
      ];
    }),
});

function remedyFor(group: VerdictGroup, verdict: Verdict, context: AuditContext): string {
  const {namespace, serviceAccount} = verdict.item.submission;
  const name = verdict.chosen?.policy.name ?? '';
  const others = context.verdictsIn(namespace);
  const tighter = fittingPolicy(
    verdict,
    context.fromStrict,
    other => other < name && !wouldMoveOthers(other, verdict, others),
  );
  if (tighter !== undefined) return bindCommand(tighter, namespace, serviceAccount);
  const sharers = needier(verdict, context.groups);
  if (sharers.length > 0) {
    return `Give it a service account of its own, and then a policy of its own: ${serviceAccount} is also that of ${firstOf(sharers, 3).join(', ')}, which ${sharers.length === 1 ? 'needs' : 'need'} more.`;
  }
  // Whoever creates the pod may use all policies: those that are advised for other accounts, too.
  return isSwept(verdict, context) ? whyCommand(group, verdict) : adviseCommand(namespace);
}

/** Whether a pod has its policy by a right of its creator to all policies. */
function isSwept({via}: Verdict, {authorizer}: AuditContext): boolean {
  const sweeping = new Set(
    authorizer.grants
      .filter(({policies}) => policies === undefined)
      .map(({binding}) => objectText(binding)),
  );
  return via.some(
    ({right, binding}) =>
      right === 'requester' && binding !== undefined && sweeping.has(objectText(binding)),
  );
}

/** From so many controls on, or where one is privileged itself, a policy is far above. */
const far = 2;

interface Excess {
  readonly verdict: Verdict;
  readonly policy: Policy;
  readonly least: Policy;
  readonly unneeded: readonly Control[];
}

/** Whether a pod is under a policy far above its need. */
export function isFarAbove(verdict: Verdict): boolean {
  return excessOf(verdict) !== undefined;
}

/** What runs with the account of a pod and needs a hold on its node: no one policy of the account is right for both. */
function needier({item}: Verdict, groups: readonly VerdictGroup[]): readonly string[] {
  const {namespace, serviceAccount} = item.submission;
  const here = groups.filter(({object}) => object.namespace === namespace);
  const sharing = here.flatMap(({object, verdicts}) => {
    const submissions = verdicts.map(verdict => verdict.item.submission);
    const same = submissions.filter(one => one.serviceAccount === serviceAccount);
    const views = [...new Set(same.map(({view}) => view))];
    return isNonEmpty(views)
      ? [{object, dangers: dangersOf(leastPolicy('least', views, false))}]
      : [];
  });
  const together = [...new Set(sharing.flatMap(({dangers}) => dangers))];
  if (!isFar(together)) return [];
  return sharing.flatMap(({object, dangers}) => (dangers.length > 0 ? [objectText(object)] : []));
}

function isFar(unneeded: readonly Control[]): boolean {
  return unneeded.length >= far || unneeded.some(({id}) => id === 'privileged');
}

/** What the chosen policy opens dangerously, if the pod needs nothing of the kind; undefined otherwise. */
function excessOf(verdict: Verdict): Excess | undefined {
  const {chosen, item} = verdict;
  const {namespace, serviceAccount, view} = item.submission;
  if (chosen === undefined || serviceAccount === '' || namespace === 'kube-system')
    return undefined;
  const {policy} = chosen.policy;
  const unneeded = dangersOf(policy);
  if (!isFar(unneeded)) return undefined;
  const least = leastPolicy('least', [view], false);
  return dangersOf(least).length > 0 ? undefined : {verdict, policy, least, unneeded};
}
