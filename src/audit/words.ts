import {missingOf} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {missingText, reasonLines, validationReason} from '../admission/reasons.ts';
import {type ObjectReference, serviceAccountUser} from '../rbac/authorize.ts';
import type {UseRight} from '../rbac/whoCan.ts';
import type {FindingObject} from './finding.ts';

/** `Deployment/shop/web`, `PodSecurityPolicy/privileged`: what ignore files and ids call an object. */
export function objectText({kind, namespace, name}: FindingObject): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** A policy as the object of a finding. */
export function policyReference(name: string): FindingObject {
  return {kind: 'PodSecurityPolicy', namespace: undefined, name};
}

/** An object of RBAC as the object of a finding. */
export function rbacReference({kind, namespace, name}: ObjectReference): FindingObject {
  return {kind, namespace, name};
}

/** The first few, and how many more there are. */
export function firstOf(lines: readonly string[], most = 8): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** The ways in which the chosen policy is open to a pod, one a line. */
export function viaLines({via}: Verdict): readonly string[] {
  return via.map(({right, binding, role}) => {
    const whose = right === 'serviceAccount' ? 'service account' : 'requester';
    if (binding === undefined || role === undefined)
      return `${whose}: granted by the API server (binding unknown)`;
    return `${whose}: ${wayText({binding, role})}`;
  });
}

/** `RoleBinding/shop/psp -> ClusterRole/psp`. */
export function wayText({binding, role}: UseRight['via'][number]): string {
  return `${objectText(binding)} -> ${objectText(role)}`;
}

/** Why the policies that a pod may use refuse it, one reason a line. */
export function refusalLines({granted, decision, item}: Verdict): readonly string[] {
  if (decision.kind === 'invalid') {
    const {chosen, errors} = decision;
    return errors.map(
      error =>
        `invalid${chosen === undefined ? '' : ` once ${chosen.policy.name} let it in`}: ${validationReason(error, item.submission.view)}`,
    );
  }
  const missing = missingOf(decision);
  if (missing !== undefined) return [missingText(missing)];
  if (granted.length === 0)
    return ['neither its service account nor its requester may use a policy'];
  return granted.flatMap(({policy, errors}) =>
    policy.unusable === undefined
      ? reasonLines(errors).map(line => `${policy.name}: ${line}`)
      : [`${policy.name}: ignored by admission: ${policy.unusable}`],
  );
}

/** The account of a pod as evidence has it; mirror pods have none. */
export function accountText({item}: Verdict): string {
  const {namespace, serviceAccount} = item.submission;
  return serviceAccount === '' ? 'no account' : serviceAccountUser(namespace, serviceAccount);
}
