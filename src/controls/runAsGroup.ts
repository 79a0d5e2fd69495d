import type {ContainerView} from '../kube/podView.ts';
import {neverSet} from './control.ts';
import {sharedField} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {defineGroupRule, oneGroup, strictRuleErrors} from './shared/groupRule.ts';
import {runAsGroupInCel} from './shared/groupsInCel.ts';

/** The primary groups that containers may run as. Reported under the security context itself. */
export const runAsGroup = defineGroupRule({
  id: 'runAsGroup',
  title: 'Group',
  risk: "The root group owns files in many images and on the node's volumes.",
  allows: 'The processes of containers may have these groups as their main one.',
  neededBy: 'images whose files belong to one fixed group',
  asked: pod => pod.containers.map(({runAsGroup: group}) => (group === undefined ? [] : [group])),
  hooks({mustRunAs, filled, accepts, wordingOf}) {
    const wording = wordingOf<ContainerView>({
      field: ({path}) => `${path}.securityContext`,
      does: 'runs with group',
      place: (container, pod) => sharedField(container, pod, 'runAsGroup'),
    });
    return {
      container(container, pod, report) {
        let group = container.runAsGroup;
        if (group === undefined && mustRunAs) {
          group = filled;
          report.fillContainer(container, 'runAsGroup', group);
        }
        if (group === undefined || accepts(group)) return;
        report.object(wording, {group, groups: [group]}, container, pod);
      },
    };
  },
  absent: 'RunAsAny',
  builtin: neverSet,
  // Unset is the group of the user in the image, and root's where the image does not know the user
  // (pkg/kubelet/kuberuntime/security_context.go, convertToRuntimeSecurityContext, sends none).
  runtime: containerRuntime({...oneGroup("the image's"), read: container => container.runAsGroup}),
  cel: runAsGroupInCel,
  unrecognized: 'Unrecognized RunAsGroup strategy type',
  validate: rule => strictRuleErrors('spec.runAsGroup', rule),
});
