import {builtinObjects} from '../../../src/grant/builtinObjects.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {parseJson, printJson} from '../../../src/kube/json.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {type BuiltinOptions, builtinLevels} from '../../../src/policy/builtin.ts';
import {builtinJson} from '../../../src/report/builtin.ts';
import {itemsOf, objectOf} from '../run/output.ts';

/** All built-in objects as `kubectl psp policies -o json` prints them. */
export function printedBuiltins(options: BuiltinOptions): readonly JsonObject[] {
  return itemsOf(builtinJson(builtinObjects(builtinLevels, options)));
}

/** A RoleBinding that lets the service accounts of a namespace use a built-in policy. */
export function grantedIn(namespace: string, policy: string): JsonObject {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: {name: `psp:${policy}`, namespace},
    roleRef: {apiGroup, kind: 'ClusterRole', name: `psp:${policy}`},
    subjects: [{apiGroup, kind: 'Group', name: `system:serviceaccounts:${namespace}`}],
  };
}

/** A pod that is submitted to a cluster which has the built-in policies, and what else it has. */
export interface BuiltinCase {
  readonly name: string;
  readonly namespace: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly pod: JsonObject;
  /** '' for mirror pods. */
  readonly account?: string;
  readonly options?: BuiltinOptions;
  /** More RBAC objects. */
  readonly grants?: readonly JsonObject[];
}

/** The same in the form of the reference programs (test/kubernetes/README.md). */
export function conformanceCase(asked: BuiltinCase): JsonObject {
  const {name, namespace, user, groups, pod, account = 'default', grants = []} = asked;
  const objects = [
    ...printedBuiltins(asked.options ?? {appArmor: true, release: lastRelease}),
    ...grants,
  ];
  const ofKind = (kind: string) => objects.filter(object => object.kind === kind);
  const spec = {...objectOf(pod.spec), serviceAccountName: account || undefined};
  return objectOf(
    parseJson(
      printJson({
        name,
        namespace,
        operation: 'CREATE',
        user: {username: user, groups},
        policies: ofKind('PodSecurityPolicy'),
        rbac: {
          clusterRoles: ofKind('ClusterRole'),
          roles: ofKind('Role'),
          clusterRoleBindings: ofKind('ClusterRoleBinding'),
          roleBindings: ofKind('RoleBinding'),
        },
        pod: {...pod, spec},
      }),
    ),
  );
}
