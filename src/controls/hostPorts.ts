import {anyOf, cel} from '../cel/cel.ts';
import {invalid} from '../kube/fieldError.ts';
import type {Range} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {defineControl, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep} from './hardening.ts';
import type {Grounds, Wording} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {faultText, within} from './shared/celNames.ts';
import {rangesField} from './shared/rangeFields.ts';
import {clip, covers, format, includes, rangesOf} from './shared/ranges.ts';

const allPorts: Range = {min: 1, max: 65535};
/** What a pod can ask for before the API server validates it, which comes after its policies. */
const allNumbers: Range = {min: 1, max: 2 ** 31 - 1};

/** Which ports of the node a container may claim. An empty list allows none. */
export const hostPorts = defineControl<readonly Range[]>({
  id: 'hostPorts',
  title: 'Host ports',
  risk: "A container answers on the node's own address, bypassing Services and most network policies.",
  allows: 'Containers may listen on these ports of the node.',
  neededBy: 'ingress controllers on bare metal, node monitoring, DNS caches of a node',
  field: '/spec/hostPorts',

  read: ({spec}) => spec.hostPorts ?? [],
  write: (policy, allowed) =>
    withSpec(policy, {hostPorts: allowed.length > 0 ? allowed : undefined}),

  loosest: [allPorts],
  // The API server accepts any numbers as a range; only real ports let a pod in.
  covers: (looser, stricter) => covers(looser, clip(stricter, allPorts)),
  steps: allowed => [
    ...allowed.map((range, index) => ({
      label: `forbid ${format([range])}`,
      value: allowed.filter((_, other) => other !== index),
    })),
    ...(allowed.length > 1 ? [{label: 'forbid all host ports', value: []}] : []),
    ...(covers(allowed, [allPorts]) ? [] : [{label: 'allow every host port', value: [allPorts]}]),
  ],

  enforce(allowed) {
    if (covers(allowed, [allNumbers])) return undefined;
    const inWords = format(allowed, ', ') || 'none';
    const end = ` is not allowed to be used. Allowed ports: [${format(allowed)}]`;
    const wording: Wording<number, ContainerView> = {
      error: (port, {path}) => invalid(`${path}.hostPort`, port, `Host port ${port}${end}`),
      grounds: (port, container, pod) => ({...claimOf(port, container, pod), allowed: inWords}),
    };
    return {
      // The API server has already copied containerPort to hostPort for pods on the host's network.
      container(container, pod, report) {
        for (const port of container.hostPorts) {
          if (!includes(allowed, port)) report.object(wording, port, container, pod);
        }
      },
    };
  },

  least: pods =>
    rangesOf(pods.flatMap(pod => pod.containers.flatMap(container => container.hostPorts))),
  needs: pod =>
    pod.containers.flatMap(container => container.hostPorts.map(port => `host port ${port}`)),

  describe: allowed => (allowed.length === 0 ? 'none' : format(allowed, ', ')),
  fields: [
    rangesField<readonly Range[]>({
      label: 'Allowed ports',
      unit: 'port',
      largest: allPorts.max,
      hint: '80 or 8000-8080',
      items: ranges => ranges,
      set: (_, ranges) => ranges,
    }),
  ],
  hardening: {plan: planHostPorts},
  // On the network of the node, a container can listen on every port, claimed or not; elsewhere, the
  // runtime maps those that it claims (pkg/kubelet/container/helpers.go, MakePortMappings).
  runtime: containerRuntime({
    read: (container, pod) => (pod.hostNetwork ? [allPorts] : rangesOf(container.hostPorts)),
    atMost: (one, other) => covers(other, one),
    says: ranges => format(ranges, ', ') || 'none',
    overruledBy: 'hostNetwork',
  }),
  cel: {
    rules(allowed) {
      // No server stores a port that is none, whatever a policy says of it.
      if (covers(allowed, [allPorts])) return undefined;
      const claimed = cel`c.?ports.orValue([])`;
      const isFine = anyOf([
        cel`p.?hostPort.orValue(0) <= 0`,
        ...(allowed.length === 0 ? [] : [within(cel`p.hostPort`, allowed)]),
      ]);
      return {
        container: {
          unchanged: cel`${claimed}.all(p, ${isFine})`,
          fault: faultText(
            cel`'claims host port ' + ${claimed}.filter(p, !(${isFine})).map(p, string(p.hostPort)).join(', ')`,
            format(allowed, ', ') || 'none',
          ),
        },
      };
    },
  },
  builtin: {privileged: [{min: 0, max: 65535}], baseline: 'unset', restricted: 'unset'},
  level: allowed => (clip(allowed, allPorts).length === 0 ? 'restricted' : 'privileged'),
});

/** On the host's network all ports of the container are ports of the node: they can only go with it. */
function claimOf(
  port: number,
  container: ContainerView,
  {hostNetwork}: PodView,
): Omit<Grounds, 'allowed'> {
  const {ports = []} = container.container;
  const index = ports.findIndex(({hostPort}) => hostPort === port);
  const at = ['spec', container.list, container.index, 'ports'];
  const value = ports.map(each => (each.hostPort === port ? {...each, hostPort: undefined} : each));
  return {
    at: container,
    where: `${container.path}.ports[${index}].${hostNetwork ? 'containerPort' : 'hostPort'}`,
    does: hostNetwork ? "on the host's network, claims port" : 'claims host port',
    value: String(port),
    fix: hostNetwork ? undefined : () => ({says: `remove hostPort: ${port}`, edits: [{at, value}]}),
  };
}

/** On the host's network, the API server fills in host ports; these disappear with that network. */
function planHostPorts({template}: JudgedTemplate): readonly PlannedStep[] {
  return containersIn(template).flatMap(({list, name, where, container}) =>
    (container.ports ?? []).flatMap(({hostPort, containerPort}, index): readonly PlannedStep[] =>
      hostPort
        ? [
            {
              where,
              asks: `claims port ${hostPort} of the node`,
              says: `remove hostPort: ${hostPort}; a Service can lead to port ${containerPort ?? hostPort}`,
              edits: [{kind: 'hostPort', at: {list, name}, index}],
            },
          ]
        : [],
    ),
  );
}
