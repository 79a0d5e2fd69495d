import {hostPorts} from '../../src/controls/hostPorts.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const claiming = (...ports: readonly number[]) =>
  pod({ports: ports.map((hostPort, index) => ({containerPort: 9000 + index, hostPort}))});
const listening = {ports: [{containerPort: 8080}]};
const allow = (...ranges: readonly (readonly [number, number])[]) => ({
  hostPorts: ranges.map(([min, max]) => ({min, max})),
});
const denied = (list: string, port: number, allowed: string) =>
  `spec.${list}[0].hostPort: Invalid value: ${port}: Host port ${port} is not allowed to be used. Allowed ports: [${allowed}]`;

testControl(hostPorts, {
  admits: [
    {when: 'a port of the container alone', pod: pod(listening)},
    {when: 'host port 0, which is none', pod: claiming(0)},
    {when: 'a port in a range', spec: allow([70, 90]), pod: claiming(80)},
    {when: 'a port in the second range', spec: allow([1, 2], [80, 80]), pod: claiming(80)},
    {when: "a pod on the host's network without ports", pod: podWith({hostNetwork: true})},
    {
      when: "the port of an ephemeral container on the host's network",
      pod: podWith({hostNetwork: true, ephemeralContainers: [{name: 'e', ...listening}]}),
    },
  ],
  denies: [
    {
      when: 'any port without ranges',
      pod: claiming(80),
      because: [denied('containers', 80, '')],
    },
    {
      when: 'a port beside the ranges',
      spec: allow([81, 90], [8080, 8080]),
      pod: claiming(80, 85),
      because: [denied('containers', 80, '81-90,8080')],
    },
    {
      when: 'what is no port where all ports are open: policies come before validation',
      odd: true,
      spec: allow([0, 65535]),
      pod: claiming(65536),
      because: [denied('containers', 65536, '0-65535')],
    },
    {
      when: 'every port if the range is upside down',
      spec: allow([90, 70]),
      pod: claiming(80),
      because: [denied('containers', 80, '90-70')],
    },
    {
      when: "the container ports of a pod on the host's network",
      spec: allow([1, 10], [80, 80]),
      pod: podWith(
        {hostNetwork: true, initContainers: [{name: 'i', ...listening}]},
        {ports: [{containerPort: 8080}, {containerPort: 80}]},
      ),
      because: [denied('initContainers', 8080, '1-10,80'), denied('containers', 8080, '1-10,80')],
    },
  ],
  needs: [
    {when: 'nothing without host ports', pods: [pod(listening)]},
    {when: 'one range for neighbours', spec: allow([80, 81]), pods: [claiming(81), claiming(80)]},
    {
      when: 'what containers claim by being on the host',
      spec: allow([53, 53], [8080, 8080]),
      pods: [claiming(53), podWith({hostNetwork: true}, listening)],
    },
  ],
  moreSettings: [
    {spec: allow([0, 70000])},
    {spec: allow([1, 65535])},
    {spec: allow([0, 0])},
    {spec: allow([-5, 0], [66000, 70000])},
    {spec: allow([70, 90], [75, 81], [9, 5])},
    {spec: allow([70, 80], [81, 90])},
    {spec: allow([71, 89])},
  ],
  morePods: [1, 2, 5, 9, 70, 75, 81, 85, 90, 8080, 65535].map(port => claiming(port)),
});
