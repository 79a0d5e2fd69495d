import {podField} from './objection.ts';
import {namedRights, podRuntime} from './runtime.ts';
import {anyGroupInAll, defineGroupRule, looseRuleErrors} from './shared/groupRule.ts';
import {supplementalGroupsInCel} from './shared/groupsInCel.ts';

/** The groups that pods may add to their processes. An explicit empty list is not filled in. */
export const supplementalGroups = defineGroupRule({
  id: 'supplementalGroups',
  title: 'Supplemental groups',
  risk: 'A group that owns files on shared storage opens them to the pod.',
  allows: 'The processes of pods may be in these groups, besides their main one.',
  neededBy: "pods that use others' files on NFS or other shared storage",
  asked: pod => [pod.supplementalGroups ?? []],
  hooks({mustRunAs, filled, accepts, wordingOf}) {
    const wording = wordingOf<undefined>({
      field: () => 'spec.securityContext.supplementalGroups',
      does: 'has supplemental group',
      place: () => podField('supplementalGroups'),
    });
    const filledList = [filled];
    return {
      pod(pod, report) {
        let groups = pod.supplementalGroups;
        if (groups === undefined && mustRunAs) {
          groups = filledList;
          report.fillPod('supplementalGroups', groups);
        }
        if (groups === undefined) return;
        if (mustRunAs && groups.length === 0) {
          report.object(wording, {group: undefined, groups}, undefined, pod);
        }
        for (const group of groups) {
          if (!accepts(group)) report.object(wording, {group, groups}, undefined, pod);
        }
      },
    };
  },
  absent: '',
  builtin: anyGroupInAll,
  // Each group opens the files that are its own. Those of the image come on top in any case
  // (pkg/kubelet/kuberuntime/security_context.go, determineEffectiveSecurityContext).
  runtime: podRuntime({
    ...namedRights,
    read: pod => ({rights: (pod.supplementalGroups ?? []).map(String), harmless: []}),
  }),
  cel: supplementalGroupsInCel,
  unrecognized: 'Unrecognized SupplementalGroups strategy type',
  validate: rule => looseRuleErrors('spec.supplementalGroups', rule),
});
