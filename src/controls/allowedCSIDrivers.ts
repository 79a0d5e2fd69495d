import {type FieldError, invalid, required, tooLong} from '../kube/fieldError.ts';
import type {Release} from '../kube/release.ts';
import {withSpec} from './control.ts';
import {defineDriverList} from './shared/drivers.ts';
import {dnsSubdomainProblems} from './shared/names.ts';

const longestName = 63;

/** Which drivers inline CSI volumes may use, where the type is allowed at all. */
export const allowedCSIDrivers = defineDriverList({
  id: 'allowedCSIDrivers',
  title: 'CSI drivers',
  risk: 'An inline CSI volume hands its driver options that only storage classes were meant to give.',
  allows:
    'Where volumes of type csi are allowed, pods may mount storage that these drivers make just for them.',
  neededBy: 'pods that get secrets or certificates from a driver, such as secrets-store.csi.k8s.io',
  volumeType: 'csi',
  hint: 'secrets-store.csi.k8s.io',
  read: ({spec}) => (spec.allowedCSIDrivers ?? []).map(({name = ''}) => name),
  write: (policy, drivers) => withSpec(policy, {allowedCSIDrivers: drivers?.map(name => ({name}))}),
  driverOf: ({csi}) => csi && (csi.driver ?? ''),
  errorField: 'csi.driver',
  errorDetail: 'Inline CSI driver is not allowed to be used',
  validate: ({spec}, release) =>
    (spec.allowedCSIDrivers ?? []).flatMap(({name = ''}, index) =>
      nameErrors(`spec.allowedCSIDrivers.allowedCSIDriver[${index}].name`, name, release),
    ),
});

/** pkg/apis/core/validation/validation.go, ValidateCSIDriverName. */
function nameErrors(field: string, name: string, release: Release): readonly FieldError[] {
  return [
    ...(name === '' ? [required(field, '')] : []),
    ...(name.length > longestName ? [tooLong(field, longestName)] : []),
    ...dnsSubdomainProblems(name.toLowerCase(), release).map(problem =>
      invalid(field, name, problem),
    ),
  ];
}
