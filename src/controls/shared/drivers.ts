import {type FieldError, invalid} from '../../kube/fieldError.ts';
import type {Policy} from '../../kube/objects.ts';
import type {PodView, VolumeView} from '../../kube/podView.ts';
import type {Release} from '../../kube/release.ts';
import {type Control, defineControl, neverSet} from '../control.ts';
import {type Wording, withoutVolume} from '../objection.ts';
import {namedRights, podRuntime} from '../runtime.ts';
import {plainNamesField} from './fields.ts';
import {containsAll, shorter, unique} from './names.ts';
import {driverRules} from './volumesInCel.ts';

interface DriverList {
  readonly id: 'allowedFlexVolumes' | 'allowedCSIDrivers';
  readonly title: string;
  readonly risk: string;
  readonly allows: string;
  readonly neededBy: string;
  readonly volumeType: 'flexVolume' | 'csi';
  /** What the name of a driver looks like. */
  readonly hint: string;
  read(policy: Policy): readonly string[];
  write(policy: Policy, drivers: readonly string[] | undefined): Policy;
  /** The driver that a volume asks for; undefined for a volume of another type. */
  driverOf(volume: VolumeView['volume']): string | undefined;
  /** What comes after the volume's path in an error. */
  readonly errorField: string;
  readonly errorDetail: string;
  validate(policy: Policy, release: Release): readonly FieldError[];
}

/** A control that lists the drivers of one type of volume. An empty list allows all of them. */
export function defineDriverList(list: DriverList): Control {
  const {id, title, risk, allows, neededBy, volumeType, read, driverOf} = list;
  const driversOf = (pod: PodView) =>
    pod.volumes.flatMap(({volume}) => driverOf(volume) ?? []).filter(driver => driver !== '');
  return defineControl<readonly string[]>({
    id,
    title,
    risk,
    allows,
    neededBy,
    field: `/spec/${id}`,
    volumeType,
    read,
    write: (policy, drivers) => list.write(policy, drivers.length > 0 ? drivers : undefined),
    loosest: [],
    covers: (looser, stricter) =>
      looser.length === 0 || (stricter.length > 0 && containsAll(looser, stricter)),
    steps: drivers => [
      // The last one stays: an empty list would allow every driver.
      ...(unique(drivers).length > 1 ? shorter(drivers, 'forbid') : []),
      ...(drivers.length > 0 ? [{label: 'allow every driver', value: []}] : []),
    ],
    enforce(drivers) {
      if (drivers.length === 0) return undefined;
      const wording = driverWording(list, drivers);
      return {
        volume(view, pod, report) {
          if (view.type !== volumeType) return;
          const driver = driverOf(view.volume) ?? '';
          if (!drivers.includes(driver)) report.object(wording, driver, view, pod);
        },
      };
    },
    validate: list.validate,
    least: pods => unique(pods.flatMap(driversOf)),
    needs: pod => unique(driversOf(pod)).map(driver => `driver ${driver}`),
    describe: drivers => (drivers.length === 0 ? 'all' : drivers.join(', ')),
    hardening: 'allowed',
    // A driver is a program on the node to which the pod hands its options (pkg/volume/flexvolume/driver.go,
    // pkg/volume/csi/csi_mounter.go).
    runtime: podRuntime({...namedRights, read: pod => ({rights: driversOf(pod), harmless: []})}),
    cel: {rules: drivers => driverRules(volumeType, drivers)},
    builtin: neverSet,
    fields: [plainNamesField({label: 'Allowed drivers (all if empty)', hint: list.hint})],
  });
}

function driverWording(
  {volumeType, errorField, errorDetail}: DriverList,
  drivers: readonly string[],
): Wording<string, VolumeView> {
  return {
    error: (driver, {path}) => invalid(`${path}.${errorField}`, driver, errorDetail),
    grounds: (driver, view, pod) => ({
      at: view,
      where: `${view.path}.${volumeType}.driver`,
      does: `uses ${volumeType} driver`,
      value: driver,
      allowed: drivers.join(', '),
      fix: () => ({says: 'remove with all mounts', edits: withoutVolume(pod, view)}),
    }),
  };
}
