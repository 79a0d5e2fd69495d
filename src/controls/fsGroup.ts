import {defineGroupRule, looseRuleErrors} from './shared/groupRule.ts';

const field = 'spec.securityContext.fsGroup';

/** The group that pods may have their volumes owned by. */
export const fsGroup = defineGroupRule({
  id: 'fsGroup',
  title: 'Volume group',
  risk: "Kubernetes gives the files on the pod's volumes to this group, also those of others.",
  asked: pod => [pod.fsGroup === undefined ? [] : [pod.fsGroup]],
  hooks: ({mustRunAs, filled, accepts, check}) => ({
    pod(pod, report) {
      let group = pod.fsGroup;
      if (group === undefined && mustRunAs) {
        group = filled;
        report.fillPod('fsGroup', group);
      }
      if (group !== undefined && !accepts(group)) check(field, [group], report);
    },
  }),
  absent: '',
  unrecognized: 'Unrecognized FSGroup strategy type',
  validate: rule => looseRuleErrors('spec.fsGroup', rule),
});
