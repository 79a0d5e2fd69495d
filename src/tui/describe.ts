import {subjectNamed} from '../grant/namedSubject.ts';
import {rbacVersion} from '../kube/apiGroups.ts';
import type {Binding, Role} from '../kube/objects.ts';
import {levelText} from '../policy/level.ts';
import {printablePolicy} from '../report/advice.ts';
import {printYaml} from '../yaml/documents.ts';
import type {Model} from './model.ts';
import {bindingKey, rightTable, subjectTable} from './rightsRows.ts';
import type {View} from './session.ts';
import {type ShownLine, tableLines} from './shownLines.ts';
import {verdictNamed} from './waysIn.ts';

/** What can be described. */
export type Described = Extract<View, {name: 'describe'}>['what'];

/** All about one object, as lines: what it means here, and its YAML. */
export function describeLines(
  model: Model,
  {what, key}: Extract<View, {name: 'describe'}>,
): readonly ShownLine[] {
  return describers[what](model, key) ?? ['It is gone: the cluster no longer has it.'];
}

type Describer = (model: Model, key: string) => readonly ShownLine[] | undefined;

const describers: Readonly<Record<Described, Describer>> = {
  policy(model, name) {
    const policy = model.inventory.policies.find(({metadata}) => metadata.name === name);
    if (policy === undefined) return undefined;
    const pods = model.boundTo.get(name)?.length ?? 0;
    return [
      [{text: `PodSecurityPolicy ${name}`, bold: true}],
      `Level: ${levelText(policy)}`,
      `Pods and idle workloads that it lets in: ${pods}`,
      '',
      ...tableLines(subjectTable(model, name)),
      '',
      ...yamlLines(printablePolicy(policy)),
    ];
  },
  account(model, key) {
    const word = `sa:${key}`;
    if (subjectNamed(word) === undefined) return undefined;
    const [namespace, name] = key.split('/');
    const object = model.inventory.serviceAccounts.find(
      ({metadata}) => metadata?.namespace === namespace && metadata?.name === name,
    );
    return [
      [{text: `ServiceAccount ${key}`, bold: true}],
      '',
      ...tableLines(rightTable(model, word)),
      '',
      ...(object === undefined
        ? []
        : yamlLines({apiVersion: 'v1', kind: 'ServiceAccount', ...object})),
    ];
  },
  item(model, key) {
    const verdict = verdictNamed(model, key);
    if (verdict === undefined) return undefined;
    const {item, state, chosen, requester} = verdict;
    return [
      `${item.kind} ${item.namespace}/${item.name}: ${state}${chosen === undefined ? '' : ` by ${chosen.policy.name}`}`,
      `Service account: ${item.submission.serviceAccount || '(none)'}`,
      `Created by: ${requester ?? '(unknown)'}`,
      '',
      'The pod as admission gets to see it, as far as policies are about it:',
      '',
      ...yamlLines(item.submission.view.pod),
    ];
  },
  namespace(model, name) {
    const object = model.inventory.namespaces.find(({metadata}) => metadata?.name === name);
    return object && yamlLines({apiVersion: 'v1', kind: 'Namespace', ...object});
  },
  binding({inventory, authorizer}, key) {
    const grant = authorizer.grants.find(({binding}) => bindingKey(binding) === key);
    if (grant === undefined) return undefined;
    const {clusterRoles, roles, clusterRoleBindings, roleBindings} = inventory.rbac;
    const at = <T extends Role | Binding>(objects: readonly T[], place: typeof grant.binding) =>
      objects.find(
        ({metadata}) =>
          metadata?.name === place.name && (metadata.namespace || undefined) === place.namespace,
      );
    const bindings = grant.binding.namespace === undefined ? clusterRoleBindings : roleBindings;
    const role = at(grant.role.kind === 'Role' ? roles : clusterRoles, grant.role);
    const printed = (kind: string, object: object | undefined) =>
      object === undefined ? [] : yamlLines({apiVersion: rbacVersion, kind, ...object});
    return [
      ...printed(grant.binding.kind, at(bindings, grant.binding)),
      '---',
      ...printed(grant.role.kind, role),
    ];
  },
};

function yamlLines(object: object): readonly string[] {
  return printYaml(object).trimEnd().split('\n');
}
