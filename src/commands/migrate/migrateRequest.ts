import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {MigrationPlan} from '../../migrate/plan.ts';
import type {World} from '../world.ts';
import type {MigrateFlags} from './migrateFlags.ts';

/** What is asked about the way off, once everything is read. */
export interface MigrateRequest {
  readonly world: World;
  readonly flags: MigrateFlags;
  readonly inventory: Inventory;
  /** undefined is all. */
  readonly namespace: string | undefined;
  /** The minor version to go to. */
  readonly to: number;
}

/** Whether the answer is about a cluster as it is now, which can be changed. */
export function isLiveSource({from, filename, kustomize, demo}: MigrateFlags): boolean {
  return !demo && from.length + filename.length + kustomize.length === 0;
}

/** What a plan amounts to as an exit code: whether something breaks, or may. */
export function planExit({state}: Pick<MigrationPlan, 'state'>): ExitCode {
  const codes = {breaks: exitCodes.no, unknown: exitCodes.unreadable, fine: exitCodes.ok};
  return codes[state];
}

/** The flags that name the same source and scope again. */
export function sourceWords(flags: MigrateFlags): readonly string[] {
  const {from, filename, kustomize, demo, namespace, allNamespaces, to} = flags;
  return [
    ...(allNamespaces ? ['-A'] : []),
    ...(namespace === undefined ? [] : ['-n', namespace]),
    ...(to === undefined ? [] : ['--to', to]),
    ...filename.flatMap(file => ['-f', file]),
    ...kustomize.flatMap(folder => ['-k', folder]),
    ...from.flatMap(file => ['--from', file]),
    ...(demo ? ['--demo'] : []),
    ...connectionWords(flags),
  ];
}

/** The flags that lead to the same cluster, for kubectl too; no credentials. */
export function connectionWords({kubeconfig, context}: MigrateFlags): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}
