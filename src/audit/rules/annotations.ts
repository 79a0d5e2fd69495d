import type {Verdict} from '../../admission/judgement.ts';
import {reasonLines} from '../../admission/reasons.ts';
import {templatePath} from '../../inventory/kinds/workloads.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import {pointer} from '../../kube/edits.ts';
import {controlsBehind} from '../../policy/evaluate.ts';
import {count} from '../../text.ts';
import type {VerdictGroup} from '../groups.ts';
import {kubectl, patch, whyCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText} from '../words.ts';

const needs = ['workloads', 'pods'] as const;

/** Pods that say that a policy admitted them which is not there. */
export const stalePolicyAnnotation = defineRule({
  id: 'stale-annotation',
  severity: 'info',
  title: 'Pods whose annotation kubernetes.io/psp names a policy that does not exist',
  why: 'The policy was deleted or renamed since, or the annotation was forged: whoever may update pods may write it. It is no longer known what admitted them.',
  remedy: 'Check what they would get now, and recreate them at a good moment.',
  needs,
  breadth: 'namespace',
  find: ({inventory, groups}) => {
    const known = new Set(inventory.policies.map(({metadata}) => metadata.name));
    return groups.flatMap(group => {
      const stale = group.verdicts.filter(
        ({item}) => item.isLive && item.admittedBy !== undefined && !known.has(item.admittedBy),
      );
      const [first] = stale;
      if (first === undefined) return [];
      const names = [...new Set(stale.map(({item}) => item.admittedBy ?? ''))].sort();
      return [
        {
          object: group.object,
          message: `${count(stale.length, 'pod')} admitted by ${names.join(', ')}, which ${names.length === 1 ? 'does' : 'do'} not exist`,
          evidence: firstOf(stale.map(({item}) => `Pod ${item.name}: ${item.admittedBy}`)),
          remedy: whyCommand(group, first),
        },
      ];
    });
  },
});

/** Pods that say that a policy admitted them which refuses them. */
export const contradictedAnnotation = defineRule({
  id: 'contradicted-annotation',
  severity: 'low',
  title: 'Pods whose annotation kubernetes.io/psp names a policy that refuses them',
  why: 'The policy has been tightened since they were admitted, or the annotation was forged to hide what admitted them.',
  remedy: 'See why it refuses them, and what they would get now.',
  needs,
  breadth: 'namespace',
  find: ({groups}) =>
    groups.flatMap(group => {
      const found = group.verdicts.flatMap(verdict => contradictionOf(verdict) ?? []);
      const [first] = found;
      if (first === undefined) return [];
      const names = [...new Set(found.map(({policy}) => policy.name))].sort();
      const {errors, policy} = first;
      return [
        {
          object: group.object,
          message: `${count(found.length, 'pod')} admitted by ${names.join(', ')}, which ${names.length === 1 ? 'refuses' : 'refuse'} such pods`,
          evidence:
            policy.unusable === undefined
              ? firstOf(reasonLines(errors).map(line => `${policy.name}: ${line}`))
              : [`${policy.name}: ignored by admission: ${policy.unusable}`],
          controls: controlsBehind('errors', policy, first.verdict.item.submission.view),
          remedy: whyCommand(group, first.verdict),
        },
      ];
    }),
});

function contradictionOf(verdict: Verdict) {
  const {admittedBy, isLive} = verdict.item;
  // That a restart would deny it says more.
  const isTold = verdict.state === 'denied';
  const named =
    admittedBy === undefined || !isLive || isTold ? undefined : verdict.candidate(admittedBy);
  return named === undefined || named.allowed ? undefined : {...named, verdict};
}

/** Templates with an annotation that only admission is to write. */
export const templateAnnotation = defineRule({
  id: 'template-annotation',
  severity: 'low',
  title: 'Templates and manifests with the annotation kubernetes.io/psp',
  why: 'Admission overwrites it on every new pod, so there it only misleads: it looks as if that policy admitted the pods. When a pod is updated, the policy it names is tried first.',
  remedy: 'Remove the annotation.',
  needs,
  breadth: 'namespace',
  find: ({groups}) =>
    groups.flatMap(group => {
      const [first] = group.verdicts;
      const named = first && writtenAnnotation(group, first);
      if (named === undefined) return [];
      const where = group.workload === undefined ? 'it' : 'its template';
      return [
        {
          object: group.object,
          message: `${where} has the annotation ${validatedPolicyKey}: ${named}`,
          evidence: [`${objectText(group.object)}: ${annotationPath(group)}`],
          remedy:
            group.workload === undefined
              ? kubectl('annotate', group.object, `${validatedPolicyKey}-`)
              : patch({...group.object, name: group.workload.metadata.name ?? ''}, [
                  {op: 'remove', path: annotationPath(group)},
                ]),
        },
      ];
    }),
});

/** The annotation as somebody wrote it: on a live pod admission did. */
function writtenAnnotation({object, workload}: VerdictGroup, {item}: Verdict): string | undefined {
  const isManifest = object.kind === 'Pod' && !item.isLive;
  return isManifest
    ? item.admittedBy
    : workload?.template.metadata.annotations?.[validatedPolicyKey];
}

function annotationPath({workload}: VerdictGroup): string {
  const template = workload === undefined ? [] : templatePath(workload);
  return pointer([...template, 'metadata', 'annotations', validatedPolicyKey]);
}
