import {required} from '../kube/fieldError.ts';
import {withSpec} from './control.ts';
import {defineDriverList} from './shared/drivers.ts';

/** Which drivers flexVolume volumes may use, where the type is allowed at all. */
export const allowedFlexVolumes = defineDriverList({
  id: 'allowedFlexVolumes',
  title: 'Flexvolume drivers',
  risk: 'A Flexvolume driver is a program that runs as root on the node with options that the pod gives.',
  allows:
    'Where volumes of type flexVolume are allowed, pods may mount storage through these drivers.',
  neededBy: 'pods whose storage still comes through Flexvolume, which is older than CSI',
  volumeType: 'flexVolume',
  hint: 'example/lvm',
  read: ({spec}) => (spec.allowedFlexVolumes ?? []).map(({driver = ''}) => driver),
  write: (policy, drivers) =>
    withSpec(policy, {allowedFlexVolumes: drivers?.map(driver => ({driver}))}),
  driverOf: ({flexVolume}) => flexVolume && (flexVolume.driver ?? ''),
  errorField: 'driver',
  errorDetail: 'Flexvolume driver is not allowed to be used',
  validate: ({spec}) =>
    (spec.allowedFlexVolumes ?? []).flatMap(({driver}, index) =>
      driver
        ? []
        : [
            required(
              `spec.allowedFlexVolumes.allowedFlexVolumes[${index}].driver`,
              'must specify a driver',
            ),
          ],
    ),
});
