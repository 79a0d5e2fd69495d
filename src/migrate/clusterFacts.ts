import type {Inventory} from '../inventory/inventory.ts';
import {type RelabelRight, relabelRights} from '../rbac/relabel.ts';
import {unreadRbac} from '../rbac/unreadRbac.ts';
import {count} from '../text.ts';
import {type HelmRelease, helmReleases} from './helmReleases.ts';
import {type FoundPlatform, type PlatformId, platformOf, platforms} from './platform.ts';

/** What a plan has to know of the cluster as a whole. */
export interface ClusterFacts {
  /** undefined: nothing gives it away. */
  readonly platform: FoundPlatform | undefined;
  /** Who may change the labels of namespaces. */
  readonly relabelers: readonly RelabelRight[];
  /** What would have to be read to know all of them; nothing if all are known. */
  readonly relabelNeeds: readonly string[];
  readonly releases: readonly HelmRelease[];
  /** What else has to be known, each as a sentence without a full stop. */
  readonly notes: readonly string[];
}

/** The facts of an inventory; a platform that the user names counts more than what is found. */
export function clusterFacts(inventory: Inventory, named: PlatformId | undefined): ClusterFacts {
  const {policies, rbac} = inventory;
  const unread = unreadRbac(inventory);
  // Those of a cluster have the uid that it gave them.
  const written = policies.filter(({metadata}) => metadata.uid === undefined);
  return {
    platform:
      named === undefined ? platformOf(inventory) : {...platforms[named], foundBy: '--platform'},
    relabelers: relabelRights(rbac),
    relabelNeeds: unread.isAny ? unread.needs(inventory.defaultNamespace) : [],
    releases: helmReleases(policies),
    notes: [
      ...(inventory.origin === 'manifests' && written.length > 0
        ? [
            `the files hold ${count(written.length, 'PodSecurityPolicy', 'PodSecurityPolicies')}: kubectl apply refuses them from v1.25 on (no matches for kind "PodSecurityPolicy"), so take that out before`,
          ]
        : []),
      ...openShiftNote(inventory),
    ],
  };
}

function openShiftNote({namespaces}: Inventory): readonly string[] {
  const isOpenShift = namespaces.some(({metadata}) => metadata?.name?.startsWith('openshift-'));
  return isOpenShift
    ? [
        'OpenShift sets the warn and audit labels itself; security.openshift.io/scc.podSecurityLabelSync: "false" on a namespace keeps yours',
      ]
    : [];
}
