import type {PersistentVolume, PersistentVolumeClaim} from '../../kube/objects.ts';

/**
 * The volumes, those without a claim with the one that asks for them by name: its controller binds them to each
 * other (v1.24, pkg/controller/volume/persistentvolume/pv_controller.go, syncUnboundClaim).
 */
export function claimedVolumes(
  volumes: readonly PersistentVolume[],
  claims: readonly PersistentVolumeClaim[],
): readonly PersistentVolume[] {
  const claimOf = new Map(
    claims.map(({metadata, spec}) => [spec?.volumeName || undefined, metadata]),
  );
  return volumes.map(volume => {
    const name = volume.metadata?.name;
    const claim = name === undefined ? undefined : claimOf.get(name);
    const {spec} = volume;
    if (claim === undefined || spec === undefined || spec.claimRef !== undefined) return volume;
    return {...volume, spec: {...spec, claimRef: {namespace: claim.namespace, name: claim.name}}};
  });
}
