import type {JsonObject} from '../../../src/kube/json.ts';
import {grownCluster} from './grown.ts';
import {managedCluster} from './managed.ts';
import {strictCluster} from './strict.ts';

/** Clusters as people have them: their policies and workloads have the shapes of public charts and platforms. */
export const realisticClusters: Readonly<Record<string, readonly JsonObject[]>> = {
  managed: managedCluster,
  strict: strictCluster,
  grown: grownCluster,
};
