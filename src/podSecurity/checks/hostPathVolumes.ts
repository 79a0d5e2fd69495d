import type {Pod} from '../../kube/pod.ts';
import type {Refusal, StandardCheck} from '../check.ts';
import {plural, quoted} from '../wording.ts';

/** No folders of the node (policy/check_hostPathVolumes.go, v1.37). */
export const hostPathVolumesCheck: StandardCheck = {
  id: 'hostPathVolumes',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse({spec}: Pod): Refusal | undefined {
  const names = (spec.volumes ?? [])
    .filter(({hostPath}) => hostPath !== undefined)
    .map(({name = ''}) => name);
  if (names.length === 0) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: `${plural(names.length, 'volume')} ${quoted(names)}`,
  };
}
