import type {Verdict} from '../../admission/judgement.ts';
import {exitCodes, UserError} from '../../errors.ts';
import {type Inventory, labelsByNamespace} from '../../inventory/inventory.ts';
import {labelOf} from '../../kube/reference.ts';
import {type NativeStage, refusesOn} from '../../migrate/native/stages.ts';
import {systemNamespace, systemObstacles} from '../../migrate/native/systemGrants.ts';
import {authorizerOf} from '../../rbac/authorize.ts';
import {count} from '../../text.ts';

const shown = 10;

/** How many of these the policies would refuse, and which of them from this stage on. */
export function impactLines(
  verdicts: readonly Verdict[],
  stage: NativeStage,
  inventory: Inventory,
): readonly string[] {
  const labels = labelsByNamespace(inventory);
  const reached = verdicts.filter(({item}) => refusesOn(stage, labels.get(item.namespace)));
  const told = (what: string, all: readonly Verdict[]) =>
    all.length === 0
      ? []
      : [
          `${what}: ${all
            .slice(0, shown)
            .map(({item: {kind, namespace, name}}) => `${kind} ${namespace}/${name}`)
            .join(', ')}${all.length > shown ? ` and ${all.length - shown} more` : ''}`,
        ];
  const of = (all: readonly Verdict[], allowed: boolean | undefined) =>
    all.filter(verdict => verdict.allowed === allowed);
  return [
    `Of ${count(verdicts.length, 'pod or idle workload', 'pods and idle workloads')}, the policies would refuse ${of(verdicts, false).length}; ${of(verdicts, undefined).length} can't be told.`,
    ...told('Refused from now on', of(reached, false)),
    ...told('Perhaps refused from now on', of(reached, undefined)),
  ];
}

/** Says which grants of the source are not in the cluster: policies count only for who may use them. */
export function missingGrantLines(
  {policies, rbac}: Pick<Inventory, 'policies' | 'rbac'>,
  target: Pick<Inventory, 'rbac'>,
): readonly string[] {
  const names = policies.map(({metadata}) => metadata.name);
  const there = new Set(authorizerOf(target.rbac).grants.map(({binding}) => labelOf(binding)));
  const missing = authorizerOf(rbac).grants.filter(
    ({policies: opened, binding}) =>
      opened !== undefined && names.some(name => opened.has(name)) && !there.has(labelOf(binding)),
  );
  const [first] = missing;
  if (first === undefined) return [];
  const what = count(missing.length, 'binding that lets', 'bindings that let');
  return [
    `Not in the cluster: ${what} somebody use these policies, such as ${labelOf(first.binding)}. kubectl apply makes those of files.`,
  ];
}

/** A control plane whose pods are refused does not come back. */
export function requireSystem(
  target: Inventory,
  verdicts: readonly Verdict[],
  stage: NativeStage,
): void {
  const system = target.namespaces.find(({metadata}) => metadata?.name === systemNamespace);
  if (!refusesOn(stage, system?.metadata?.labels)) return;
  const obstacles = systemObstacles(target, verdicts);
  if (obstacles.length === 0) return;
  const more = obstacles.length > shown ? `; and ${obstacles.length - shown} more` : '';
  throw new UserError(
    `nothing was changed: pods of ${systemNamespace} could be refused, which may stop the cluster: ${obstacles.slice(0, shown).join('; ')}${more}`,
    exitCodes.refused,
  );
}
