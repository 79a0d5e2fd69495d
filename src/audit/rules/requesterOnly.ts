import type {Verdict} from '../../admission/judgement.ts';
import {dangersOf} from '../../policy/danger.ts';
import {count} from '../../text.ts';
import type {AuditContext} from '../context.ts';
import {fittingPolicy, wouldMoveOthers} from '../fitting.ts';
import {bindCommand, whyCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {accountText, objectText, viaLines} from '../words.ts';
import {isFarAbove} from './farAboveNeed.ts';

/** Pods that get in by who submits them, and not by what they run as. */
export const requesterOnly = defineRule({
  id: 'requester-only',
  severity: 'medium',
  milder:
    'low for pods that no controller owns: their creator may well be meant to have the right.',
  title: "Pods admitted only through their requester's right",
  why: 'Their own service account may not use the policy; whoever submits them may: for workloads a controller, whose right is shared by everybody who may create a workload. If that right is taken away, they are denied. Left out is a policy within baseline that all who are logged in have in the whole cluster.',
  remedy:
    'Let the service account use the policy (kubectl psp bind), then take it from the requester.',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'namespace',
  isAboutAdmission: true,
  find: context =>
    context.groups.flatMap(group => {
      // A policy far above its need is none to bind: that is the matter of another rule.
      const borrowed = group.verdicts.filter(
        one => isBorrowed(one) && !isFarAbove(one) && !isForEverybody(one, context),
      );
      const [first] = borrowed;
      if (first?.chosen === undefined) return [];
      const {namespace, serviceAccount, isBare} = first.item.submission;
      const policy = first.chosen.policy.name;
      const what = group.runs
        ? `${count(borrowed.length, 'pod')} bound to`
        : 'its pods would bind to';
      const own = ownPolicy(first, policy, context);
      return [
        {
          object: group.object,
          message: `${what} ${policy} only because ${whose(first)} may use it`,
          evidence: [`${accountText(first)} may not use ${policy}`, ...viaLines(first)],
          remedy:
            own === undefined
              ? whyCommand(group, first)
              : bindCommand(own, namespace, serviceAccount),
          severity: isBare ? 'low' : undefined,
        },
      ];
    }),
});

/** Whose right it is; an unknown creator counts by what everybody may. */
function whose({requester}: Verdict): string {
  return requester ?? 'everybody who is logged in';
}

/** Mirror pods have no account of their own: the node's right is the way that is meant. */
function isBorrowed({chosen, item, isByAnnotation}: Verdict): boolean {
  if (chosen === undefined || item.submission.serviceAccount === '') return false;
  return chosen.rights.serviceAccount === false && !isByAnnotation;
}

/** Whether it is a mild policy that everybody who is logged in has everywhere, as the documentation gives it. */
function isForEverybody({chosen, via}: Verdict, {authorizer}: AuditContext): boolean {
  if (chosen === undefined || dangersOf(chosen.policy.policy).length > 0) return false;
  return authorizer.grants.some(
    ({binding, subjects}) =>
      binding.namespace === undefined &&
      subjects.some(({kind, name}) => kind === 'Group' && name === 'system:authenticated') &&
      via.some(way => way.binding !== undefined && objectText(way.binding) === objectText(binding)),
  );
}

/**
 * The tightest policy that it would bind to if its account had the right: admission has to come to it first.
 * undefined if other pods of the account would move.
 */
function ownPolicy(verdict: Verdict, policy: string, context: AuditContext): string | undefined {
  const others = context.verdictsIn(verdict.item.namespace);
  const moves = (other: string) => wouldMoveOthers(other, verdict, others);
  const tighter = fittingPolicy(
    verdict,
    context.fromStrict,
    other => other < policy && !moves(other),
  );
  return tighter ?? (moves(policy) ? undefined : policy);
}
