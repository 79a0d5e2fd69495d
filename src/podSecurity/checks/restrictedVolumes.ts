import type {Pod} from '../../kube/pod.ts';
import {type Volume, volumeSourceKeys} from '../../kube/volume.ts';
import type {Refusal, StandardCheck} from '../check.ts';
import {plural, quoted, sortedSet} from '../wording.ts';

/** `image` came with v1.31; the check takes it at all versions. */
// biome-ignore format: names, several a line
const allowed = [
  'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image',
  'persistentVolumeClaim', 'projected', 'secret',
];

/** Only volumes that the cluster manages (policy/check_restrictedVolumes.go, v1.37). */
export const restrictedVolumesCheck: StandardCheck = {
  id: 'restrictedVolumes',
  level: 'restricted',
  replaces: 'hostPathVolumes',
  rows: [{since: 0, refuse}],
};

function refuse({spec}: Pod): Refusal | undefined {
  const bad = (spec.volumes ?? []).filter(
    volume => !allowed.some(key => volume[key] !== undefined),
  );
  if (bad.length === 0) return undefined;
  const names = quoted(bad.map(({name = ''}) => name));
  const types = sortedSet(bad.map(typeOf));
  const volumes = `${plural(bad.length, 'volume')} ${names} ${plural(bad.length, 'uses', 'use')}`;
  return {
    reason: 'restricted volume types',
    detail: `${volumes} ${plural(types.length, 'restricted volume type')} ${quoted(types)}`,
  };
}

/** Of a volume that has two sources, which no server takes, the first in Go's order is named. */
function typeOf(volume: Volume): string {
  return volumeSourceKeys.find(key => volume[key] !== undefined) ?? 'unknown';
}
