import {cel} from '../cel/cel.ts';
import {invalid} from '../kube/fieldError.ts';
import type {ContainerView} from '../kube/podView.ts';
import {containersIn, setIn} from './hardening.ts';
import {inContainer, securityFieldOf, type Wording} from './objection.ts';
import {containerRuntime, yesOrNo} from './runtime.ts';
import {ofContainer} from './shared/celNames.ts';
import {defineFlag} from './shared/flag.ts';

/** Whether containers may be privileged. It implies nothing else: no capability, no host access. */
export const privileged = defineFlag({
  id: 'privileged',
  title: 'Privileged',
  risk: 'A privileged container has every right on its node: breaking into it is breaking into the node.',
  allows: 'Containers may run with every right on the node, as if they were not in containers.',
  neededBy:
    'node agents that load kernel modules or manage devices: network and storage plugins, GPU drivers',
  subject: 'privileged containers',
  uses: pod => pod.containers.some(container => container.privileged),
  forbid: {
    container(container, pod, report) {
      if (container.privileged) report.object(wording, true, container, pod);
    },
  },
  forbidInCel: {
    container: {
      unchanged: cel`!${ofContainer('privileged')}.orValue(false)`,
      fault: cel`'sets privileged: true; allowed: false'`,
    },
  },
  plan: ({template}) =>
    containersIn(template)
      .filter(({container}) => container.securityContext?.privileged === true)
      .map(place => ({
        where: place.where,
        asks: 'is privileged',
        says: 'remove privileged: true',
        edits: [setIn(place, 'privileged', null)],
      })),
  // Unset means not privileged (pkg/securitycontext/util.go, HasPrivilegedRequest).
  runtime: containerRuntime({...yesOrNo, read: ({privileged}) => privileged}),
});

const wording: Wording<true, ContainerView> = {
  error: (value, container) =>
    invalid(
      securityFieldOf(container, 'privileged'),
      value,
      'Privileged containers are not allowed',
    ),
  grounds: (value, container) => ({
    at: container,
    where: securityFieldOf(container, 'privileged'),
    does: 'sets privileged:',
    value: String(value),
    allowed: 'false',
    fix: () => ({
      says: 'remove privileged: true',
      edits: [inContainer(container, 'privileged', undefined)],
    }),
  }),
};
