import {messageOf} from '../errors.ts';
import {emptyInventory} from '../inventory/inventory.ts';
import {boolean, list, object, string} from '../kube/decode.ts';
import {patchOf} from '../kube/edits.ts';
import {isObject, type Json} from '../kube/json.ts';
import {binding, decodePolicy, type Policy, role} from '../kube/objects.ts';
import {type Release, releaseOf} from '../kube/release.ts';
import {policyErrors, storedPolicy} from '../policy/evaluate.ts';
import type {RbacObjects} from '../rbac/authorize.ts';
import {type PrintedError, printedCandidate, printedError} from '../report/verdict.ts';
import {byText} from '../text.ts';
import {answerRequest} from './request.ts';

const anything = (value: Json): Json => value;
const rbacObjects = object({
  clusterRoles: list(role),
  roles: list(role),
  clusterRoleBindings: list(binding),
  roleBindings: list(binding),
});
const conformanceCase = object({
  name: string,
  operation: string,
  namespace: string,
  featureGates: object({ProcMountType: boolean, CSIInlineVolume: boolean}),
  user: object({username: string, groups: list(string, '')}),
  policies: list(decodePolicy),
  rbac: rbacObjects,
  pod: anything,
  oldPod: anything,
  release: string,
});

/**
 * What the program says about one case, in the shape in which the reference program gives its results
 * (test/kubernetes/README.md, the short form). A case that can't be read gives {name, error}.
 */
export function conformanceResult(value: Json): object {
  const name = isObject(value) && typeof value.name === 'string' ? value.name : '';
  try {
    return {name, ...resultOf(value)};
  } catch (error) {
    return {name, error: messageOf(error)};
  }
}

function resultOf(value: Json): object {
  const {
    operation,
    namespace = '',
    featureGates,
    user,
    policies = [],
    rbac,
    pod = {},
    oldPod,
    release: named,
  } = conformanceCase(value);
  const release = releaseOf(named);
  if (operation !== 'CREATE' && operation !== 'UPDATE') {
    throw new Error(`operation must be CREATE or UPDATE, got ${JSON.stringify(operation)}`);
  }
  const gates = {
    ProcMountType: featureGates?.ProcMountType ?? false,
    CSIInlineVolume: featureGates?.CSIInlineVolume ?? true,
  };
  const stored = policies.map(policy => storedPolicy(policy, gates));
  const answer = answerRequest(
    {
      operation,
      namespace,
      user: {user: user?.username ?? '', groups: user?.groups ?? []},
      pod,
      oldPod,
      gates,
    },
    {
      ...emptyInventory,
      origin: 'cluster',
      policies: stored,
      rbac: rbacOf(rbac),
      release,
    },
  );
  return {
    allowed: answer.allowed,
    policy: answer.policy ?? null,
    validatePolicy: answer.validatePolicy,
    ignored: answer.ignored || undefined,
    phase: answer.phase,
    message: answer.message,
    policies: answer.candidates.map(printedCandidate),
    ...validationOf(stored, release),
    patches: answer.edits.length > 0 ? {psp: patchOf(pod, answer.edits)} : {},
  };
}

/** The policies that the API server would refuse, and why; nothing if there are none. */
function validationOf(policies: readonly Policy[], release: Release): object {
  const policyValidation = policies
    .map(policy => ({
      name: policy.metadata.name,
      errors: policyErrors(policy, release).map(printedError).toSorted(byFieldAndDetail),
    }))
    .filter(({errors}) => errors.length > 0);
  return policyValidation.length > 0 ? {policyValidation, invalidPolicies: true} : {};
}

function rbacOf(read: ReturnType<typeof rbacObjects> | undefined): RbacObjects {
  return {
    clusterRoles: read?.clusterRoles ?? [],
    roles: read?.roles ?? [],
    clusterRoleBindings: read?.clusterRoleBindings ?? [],
    roleBindings: read?.roleBindings ?? [],
  };
}

function byFieldAndDetail(a: PrintedError, b: PrintedError): number {
  return byText(a.field, b.field) || byText(a.detail, b.detail);
}
