import {type Inventory, namespacesOf} from '../inventory/inventory.ts';
import {nearNames} from '../kube/nearNames.ts';
import type {GrantTarget} from './bindingSteps.ts';

/** Subjects and namespaces that are not there; RBAC takes any name. */
export function missingNotes(
  inventory: Inventory,
  targets: readonly GrantTarget[],
): readonly string[] {
  const {serviceAccounts, namespaces} = inventory;
  const known = namespacesOf(inventory);
  return targets.flatMap(({subject, namespace}) => {
    const home = subject.namespace;
    const names = serviceAccounts
      .filter(({metadata}) => metadata?.namespace === home)
      .flatMap(({metadata}) => metadata?.name ?? []);
    const isMissing = home !== undefined && names.length > 0 && !names.includes(subject.name);
    const isNowhere =
      namespace !== undefined && namespaces.length > 0 && !known.includes(namespace);
    return [
      ...(isMissing
        ? [
            `there is no ServiceAccount ${home}/${subject.name}: ${nearNames(subject.name, names, 'service accounts')}`,
          ]
        : []),
      ...(isNowhere
        ? [`there is no namespace ${namespace}: ${nearNames(namespace, known, 'namespaces')}`]
        : []),
    ];
  });
}
