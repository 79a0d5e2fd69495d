import {allowedCSIDrivers} from '../../src/controls/allowedCSIDrivers.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const using = (...drivers: readonly string[]) =>
  podWith({volumes: drivers.map((driver, index) => ({name: `v${index}`, csi: {driver}}))});
const allow = (...names: readonly string[]) => ({
  allowedCSIDrivers: names.map(name => ({name})),
});
const denied = (index: number, driver: string) =>
  `spec.volumes[${index}].csi.driver: Invalid value: "${driver}": Inline CSI driver is not allowed to be used`;

testControl(allowedCSIDrivers, {
  admits: [
    {when: 'a pod without such volumes', spec: allow('a.example'), pod: pod()},
    {when: 'every driver without a list', pod: using('a.example')},
    {when: 'a listed driver', spec: allow('a.example', 'b.example'), pod: using('b.example')},
    {
      when: 'volumes of other types',
      spec: allow('a.example'),
      pod: podWith({volumes: [{name: 'v', flexVolume: {driver: 'b.example'}}]}),
    },
  ],
  denies: [
    {
      when: 'each volume of another driver',
      spec: allow('a.example'),
      pod: using('b.example', 'a.example', 'A.example'),
      because: [denied(0, 'b.example'), denied(2, 'A.example')],
    },
  ],
  needs: [
    {when: 'no list where no pod has such volumes', pods: [pod()]},
    {
      when: 'the drivers in use',
      spec: allow('a.example', 'b.example'),
      pods: [using('b.example', 'a.example'), using('b.example')],
    },
  ],
  refuses: [
    {
      when: 'names that no driver can have, under a path of its own',
      spec: allow('-a', 'a'.repeat(64)),
      because: [
        `spec.allowedCSIDrivers.allowedCSIDriver[0].name: Invalid value: "-a": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        'spec.allowedCSIDrivers.allowedCSIDriver[1].name: Too long: must have at most 63 bytes',
      ],
    },
  ],
  moreSettings: [
    {spec: allow('b.example')},
    {spec: allow('a.example', 'a.example')},
    {spec: allow('c.example')},
    {spec: allow('A.example')},
  ],
  morePods: ['b.example', 'c.example', 'A.example', 'd.example'].map(driver => using(driver)),
});
