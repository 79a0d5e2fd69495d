import {podField} from './objection.ts';
import {podRuntime} from './runtime.ts';
import {anyGroupInAll, defineGroupRule, looseRuleErrors, oneGroup} from './shared/groupRule.ts';
import {fsGroupInCel} from './shared/groupsInCel.ts';

/** The group that pods may have their volumes owned by. */
export const fsGroup = defineGroupRule({
  id: 'fsGroup',
  title: 'Volume group',
  risk: "Kubernetes gives the files on the pod's volumes to this group, even those of other pods.",
  allows: 'Kubernetes may give the files on the volumes of pods to these groups.',
  neededBy: 'pods that write to a persistent volume without being root',
  asked: pod => [pod.fsGroup === undefined ? [] : [pod.fsGroup]],
  hooks({mustRunAs, filled, accepts, wordingOf}) {
    const wording = wordingOf<undefined>({
      field: () => 'spec.securityContext.fsGroup',
      does: 'sets volume group',
      place: () => podField('fsGroup'),
    });
    return {
      pod(pod, report) {
        let group = pod.fsGroup;
        if (group === undefined && mustRunAs) {
          group = filled;
          report.fillPod('fsGroup', group);
        }
        if (group === undefined || accepts(group)) return;
        report.object(wording, {group, groups: [group]}, undefined, pod);
      },
    };
  },
  absent: '',
  builtin: anyGroupInAll,
  // Volumes are given to the group that the processes are in as well (pkg/volume/volume_linux.go,
  // SetVolumeOwnership): another group makes a different pod, not one that may do more.
  runtime: podRuntime({...oneGroup('none'), read: pod => pod.fsGroup}),
  cel: fsGroupInCel,
  unrecognized: 'Unrecognized FSGroup strategy type',
  validate: rule => looseRuleErrors('spec.fsGroup', rule),
});
