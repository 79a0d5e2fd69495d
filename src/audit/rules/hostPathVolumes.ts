import {controlById} from '../../controls/index.ts';
import type {PersistentVolume} from '../../kube/objects.ts';
import {count} from '../../text.ts';
import {defineRule} from '../rule.ts';
import {firstOf} from '../words.ts';

/** Paths of nodes that pods get without any policy being asked. */
export const hostPathVolume = defineRule({
  id: 'host-path-volume',
  severity: 'info',
  title: 'PersistentVolumes of type hostPath, which pods reach through claims',
  why: 'To a policy the volume of such a pod is a persistentVolumeClaim, whatever stands behind it: allowedHostPaths is not asked about the path. Whoever may create PersistentVolumes, or claim one of these, has a path of a node. Looked at are those that a claim has, or asks for by name, and in files also those that any claim may get.',
  remedy:
    'Let nobody but admins create PersistentVolumes, and use volumes of type local or of a CSI driver in their place.',
  needs: ['volumes'],
  breadth: 'cluster',
  find: ({inventory}) => {
    const reached = (inventory.persistentVolumes ?? []).filter(isReached);
    if (reached.length === 0) return [];
    const names = reached.map(({metadata}) => metadata?.name ?? '');
    const are = reached.length === 1 ? 'is' : 'are';
    return [
      {
        object: {kind: 'Audit', namespace: undefined, name: 'host-path-volumes'},
        message: `${count(reached.length, 'PersistentVolume')} of type hostPath ${are} outside of what any policy sees: ${firstOf(names).join(', ')}`,
        evidence: reached.map(evidenceOf),
        controls: [controlById.volumes, controlById.allowedHostPaths],
        remedy:
          'Let nobody but admins create PersistentVolumes, and use volumes of type local or of a CSI driver in their place.',
      },
    ];
  },
});

/** Whether a claim has it, or may get it: one in a manifest is still to be claimed. */
function isReached({metadata, spec}: PersistentVolume): boolean {
  return spec?.hostPath !== undefined && (spec.claimRef !== undefined || !metadata?.uid);
}

function evidenceOf({metadata, spec}: PersistentVolume): string {
  const {hostPath, claimRef} = spec ?? {};
  const claim =
    claimRef === undefined
      ? 'open to any claim that fits'
      : `pods of ${claimRef.namespace ?? ''} reach it through claim ${claimRef.name ?? ''}`;
  return `${metadata?.name ?? ''}: ${hostPath?.path ?? ''} of the node; ${claim}`;
}
