import {allowedFlexVolumes} from '../../src/controls/allowedFlexVolumes.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const using = (...drivers: readonly string[]) =>
  podWith({volumes: drivers.map((driver, index) => ({name: `v${index}`, flexVolume: {driver}}))});
const allow = (...names: readonly string[]) => ({
  allowedFlexVolumes: names.map(driver => ({driver})),
});
const denied = (index: number, driver: string) =>
  `spec.volumes[${index}].driver: Invalid value: "${driver}": Flexvolume driver is not allowed to be used`;

testControl(allowedFlexVolumes, {
  admits: [
    {when: 'a pod without such volumes', spec: allow('a.example'), pod: pod()},
    {when: 'every driver without a list', pod: using('a.example')},
    {when: 'a listed driver', spec: allow('a.example', 'b.example'), pod: using('b.example')},
    {
      when: 'volumes of other types',
      spec: allow('a.example'),
      pod: podWith({volumes: [{name: 'v', csi: {driver: 'b.example'}}]}),
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
      when: 'an entry without a driver, under a path of its own',
      spec: allow('a', ''),
      because: [
        'spec.allowedFlexVolumes.allowedFlexVolumes[1].driver: Required value: must specify a driver',
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
