import {groupOf, policyGroups, rbacGroup} from '../kube/apiGroups.ts';
import type {Binding, Role, Rule} from '../kube/objects.ts';
import {workloadKinds} from '../kube/workloadKinds.ts';
import {byText} from '../text.ts';
import type {ObjectReference, RbacObjects} from './authorize.ts';
import {controllerAccounts} from './bootstrapRoles.ts';
import {type Grantee, granteesOf} from './grantee.ts';

/** That a subject could get a policy that it was not given, or change what a policy allows. */
export interface IndirectRight {
  readonly subject: Grantee;
  /** undefined: the whole cluster. */
  readonly namespace: string | undefined;
  /** For example "update rolebindings", sorted. */
  readonly rights: readonly string[];
  readonly via: readonly {readonly binding: ObjectReference; readonly role: ObjectReference}[];
  /** What its pods may use, where the right is to create them: `privileged in kube-system`, sorted. */
  readonly opens?: readonly string[];
  /** The names of those policies. */
  readonly policies?: readonly string[];
}

interface Power {
  readonly groups: readonly string[];
  readonly resource: string;
  readonly verbs: readonly string[];
}

const rbac = [rbacGroup];

/** Rights over roles and bindings, or over the policies themselves. */
const powers: readonly Power[] = [
  {groups: rbac, resource: 'rolebindings', verbs: ['create', 'update', 'patch']},
  {groups: rbac, resource: 'clusterrolebindings', verbs: ['create', 'update', 'patch']},
  {groups: rbac, resource: 'roles', verbs: ['escalate', 'bind']},
  {groups: rbac, resource: 'clusterroles', verbs: ['escalate', 'bind']},
  {
    groups: policyGroups,
    resource: 'podsecuritypolicies',
    verbs: ['create', 'update', 'patch'],
  },
];

/** Who could give themselves a policy, in this namespace or cluster-wide; undefined: anywhere. */
export function indirectRights(
  objects: RbacObjects,
  namespace: string | undefined,
): readonly IndirectRight[] {
  return rightsByBinding(objects, namespace, rightsOf);
}

/**
 * Who has a policy by creating pods, or what makes pods, where those may use it; in this namespace or
 * cluster-wide, undefined: anywhere. `opened`: the policies that matter, and where pods may use them.
 */
export function podMakers(
  objects: RbacObjects,
  namespace: string | undefined,
  opened: readonly {readonly policy: string; readonly namespace: string | undefined}[],
): readonly IndirectRight[] {
  const counting = (scope: string | undefined) =>
    opened.filter(({namespace: place}) =>
      [scope, namespace].every(one => one === undefined || place === undefined || one === place),
    );
  return rightsByBinding(objects, namespace, (role, scope) =>
    counting(scope).length === 0 ? [] : makingRightsOf(role),
  )
    .filter(({subject}) => !isController(subject))
    .map(right => ({
      ...right,
      policies: [...new Set(counting(right.namespace).map(({policy}) => policy))].sort(),
      opens: [
        ...new Set(
          counting(right.namespace).map(
            ({policy, namespace: place}) =>
              `${policy} in ${place ?? right.namespace ?? 'all namespaces'}`,
          ),
        ),
      ].sort(),
    }));
}

/** Whether it is a controller of Kubernetes, which creates what others asked for. */
function isController({kind, namespace, name}: Grantee): boolean {
  return (
    kind === 'ServiceAccount' && namespace === 'kube-system' && controllerAccounts.includes(name)
  );
}

/** How a role lets create pods; by the kinds that make them where not by themselves. */
function makingRightsOf({rules = []}: Role): readonly string[] {
  if (rules.some(rule => gives(rule, [''], 'pods', 'create'))) return ['create pods'];
  return workloadKinds
    .filter(({creator}) => creator.by === 'account' || creator.by === 'objects')
    .flatMap(({plural, apiVersions}) => {
      const groups = [...new Set(apiVersions.map(groupOf))];
      return ['create', 'update', 'patch']
        .filter(verb => rules.some(rule => gives(rule, groups, plural, verb)))
        .slice(0, 1)
        .map(verb => `${verb} ${plural}`);
    });
}

/** What the roles that are bound give, a row for each subject and scope. */
function rightsByBinding(
  objects: RbacObjects,
  namespace: string | undefined,
  rightsIn: (role: Role, scope: string | undefined) => readonly string[],
): readonly IndirectRight[] {
  const clusterRoles = new Map(objects.clusterRoles.map(role => [role.metadata?.name, role]));
  const roles = new Map(
    objects.roles.map(role => [`${role.metadata?.namespace}/${role.metadata?.name}`, role]),
  );
  const found = new Map<string, IndirectRight>();
  const bindings = [
    ...objects.clusterRoleBindings,
    ...objects.roleBindings.filter(
      ({metadata}) => namespace === undefined || metadata?.namespace === namespace,
    ),
  ];
  for (const binding of bindings) {
    const scope = binding.metadata?.namespace;
    const role =
      binding.roleRef?.kind === 'ClusterRole'
        ? clusterRoles.get(binding.roleRef.name)
        : scope === undefined // a ClusterRoleBinding that names a Role is invalid
          ? undefined
          : roles.get(`${scope}/${binding.roleRef?.name}`);
    const rights = role === undefined ? [] : rightsIn(role, scope);
    if (role === undefined || rights.length === 0) continue;
    const via = viaOf(binding, role);
    for (const subject of granteesOf({subjects: binding.subjects ?? [], binding: via.binding})) {
      const key = [scope ?? '', subject.kind, subject.namespace ?? '', subject.name].join('\0');
      const before = found.get(key);
      found.set(key, {
        subject,
        namespace: scope,
        rights: [...new Set([...(before?.rights ?? []), ...rights])].sort(),
        // A binding may name a subject twice.
        via: [...new Set([...(before?.via ?? []), via])],
      });
    }
  }
  return [...found].sort(([one], [other]) => byText(one, other)).map(([, right]) => right);
}

/**
 * What a role grants. Bound in a namespace, it reaches what is in there, and the right to bind
 * ClusterRoles there (pkg/registry/rbac/escalation_check.go).
 */
function rightsOf({rules = []}: Role, namespace: string | undefined): readonly string[] {
  const reachable =
    namespace === undefined
      ? powers
      : powers.flatMap(power => {
          if (['rolebindings', 'roles'].includes(power.resource)) return [power];
          return power.resource === 'clusterroles' ? [{...power, verbs: ['bind']}] : [];
        });
  return rules.flatMap(rule =>
    reachable.flatMap(({groups, resource, verbs}) =>
      verbs.filter(verb => gives(rule, groups, resource, verb)).map(verb => `${verb} ${resource}`),
    ),
  );
}

function gives(
  {verbs = [], apiGroups = [], resources = []}: Rule,
  groups: readonly string[],
  resource: string,
  verb: string,
): boolean {
  return (
    (verbs.includes(verb) || verbs.includes('*')) &&
    (resources.includes(resource) || resources.includes('*')) &&
    (apiGroups.includes('*') || groups.some(group => apiGroups.includes(group)))
  );
}

function viaOf({metadata, roleRef}: Binding, role: Role): IndirectRight['via'][number] {
  const namespace = metadata?.namespace;
  return {
    binding: {
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      namespace,
      name: metadata?.name ?? '',
    },
    role: {
      kind: roleRef?.kind === 'ClusterRole' ? 'ClusterRole' : 'Role',
      namespace: role.metadata?.namespace,
      name: roleRef?.name ?? '',
    },
  };
}
