import type {Candidate} from '../../admission/admit.ts';
import type {Verdict} from '../../admission/judgement.ts';
import type {Control} from '../../controls/control.ts';
import {patchOf} from '../../kube/edits.ts';
import {controlsBehind, editsOf} from '../../policy/evaluate.ts';
import {openness} from '../../policy/level.ts';
import {count} from '../../text.ts';
import {whyCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, viaLines} from '../words.ts';

const common = {
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'namespace',
  isAboutAdmission: true,
} as const;

/** Pods that a looser policy lets through unchanged, past the one that would harden them. */
export const defaultsBypassed = defineRule({
  ...common,
  id: 'defaults-bypassed',
  severity: 'medium',
  title:
    'Pods that miss the defaults of a stricter policy, because a looser one takes them unchanged',
  why: 'Admission prefers any policy that changes nothing over one that sorts first and fills in defaults. Granting a looser policy silently takes the defaults of the stricter one away.',
  remedy:
    'Take the looser policy from the account, or set in the pod what the stricter one would fill in.',
  find: ({groups}) =>
    groups.flatMap(group => {
      const passed = group.verdicts.filter(verdict => bypassedBy(verdict) !== undefined);
      const [first] = passed;
      const stricter = first === undefined ? undefined : bypassedBy(first);
      if (first?.chosen === undefined || stricter === undefined) return [];
      const {name} = first.chosen.policy;
      return [
        {
          object: group.object,
          message: `${stricter.policy.name} would fill in defaults, but ${name} is looser and takes it unchanged`,
          evidence: [
            ...(group.runs ? [`${count(passed.length, 'pod')} bound to ${name}`] : []),
            ...firstOf(changeLines(stricter, first), 5),
            ...viaLines(first),
          ],
          controls: changing(stricter, first),
          remedy: whyCommand(group, first),
        },
      ];
    }),
});

/** Pods that several policies would change, each in its way. */
export const changedByOrder = defineRule({
  ...common,
  id: 'changed-by-order',
  severity: 'low',
  title: 'Pods whose changes depend on the names of policies',
  why: 'No policy takes them unchanged, and several would change them, each in a different way. The name that sorts first decides; a new or renamed policy changes what the pods get.',
  remedy: 'Set the values in the pod itself, or leave its account only one of the policies.',
  find: ({groups}) =>
    groups.flatMap(group => {
      const [found] = group.verdicts.flatMap(verdict => rivalOf(verdict) ?? []);
      if (found === undefined) return [];
      const {verdict, chosen, rival} = found;
      return [
        {
          object: group.object,
          message: `${chosen.policy.name} changes its pods because it sorts before ${rival.policy.name}, which would change them differently`,
          evidence: [chosen, rival].flatMap(candidate =>
            firstOf(changeLines(candidate, verdict), 5),
          ),
          controls: changing(chosen, verdict),
          remedy: whyCommand(group, verdict),
        },
      ];
    }),
});

function bypassedBy(verdict: Verdict): Candidate | undefined {
  const {chosen} = verdict;
  if (chosen === undefined || chosen.mutates) return undefined;
  const {granted} = verdict;
  const stricter = granted
    .slice(0, granted.indexOf(chosen))
    .find(({allowed, mutates}) => allowed && mutates);
  if (stricter === undefined) return undefined;
  return openness(chosen.policy.policy) > openness(stricter.policy.policy) ? stricter : undefined;
}

function rivalOf(verdict: Verdict) {
  const {chosen} = verdict;
  if (!chosen?.mutates) return undefined;
  const changes = changesText(chosen, verdict);
  const rival = verdict.granted.find(
    candidate =>
      candidate !== chosen && candidate.allowed && changesText(candidate, verdict) !== changes,
  );
  return rival === undefined ? undefined : {verdict, chosen, rival};
}

function changesText(candidate: Candidate, verdict: Verdict): string {
  return changeLines(candidate, verdict)
    .map(line => line.slice(candidate.policy.name.length))
    .join('\n');
}

function changeLines({policy}: Candidate, {item}: Verdict): readonly string[] {
  const {view} = item.submission;
  return patchOf(view.pod, editsOf(policy, view)).map(
    ({op, path, value}) => `${policy.name}: ${op} ${path} ${JSON.stringify(value)}`,
  );
}

/** The controls by which a policy writes into a pod. */
function changing({policy}: Candidate, {item}: Verdict): readonly Control[] {
  return controlsBehind('edits', policy, item.submission.view);
}
