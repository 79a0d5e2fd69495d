import type {Control, ControlId} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import {kindsCreatedBy} from '../kube/workloadKinds.ts';
import {type Authorizer, accountOfUser} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';
import {titleInText} from './level.ts';

/**
 * The controls by which a pod of v1.24 gets hold of its node, if they are open beyond the baseline standard.
 * Not among them is what is open anyway where a pod says nothing (seccomp), what gives no hold by itself
 * (AppArmor, SELinux), and what a node must be set up for first: /proc by an alpha feature, unsafe sysctls by
 * a flag of its kubelet.
 */
const dangerous: ReadonlySet<ControlId> = new Set([
  'privileged',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostPorts',
  'volumes',
  'capabilities',
]);

/** Whether a control of the policy gives pods a hold on their node. */
export function isDangerous({id, level}: Control, policy: Policy): boolean {
  return dangerous.has(id) && level(policy) === 'privileged';
}

/** The controls that give its pods a hold on their node, in the order of the controls. */
export function dangersOf(policy: Policy): readonly Control[] {
  return controls.filter(control => isDangerous(control, policy));
}

/** The controls as the end of a sentence: `privileged, host network`. */
export function controlNames(some: readonly Control[]): string {
  return some.map(({title}) => titleInText(title)).join(', ');
}

/** That pods of a namespace may use a policy, with an account there or through their controller. */
export interface PodRight {
  readonly policy: string;
  /** undefined: of all namespaces. */
  readonly namespace: string | undefined;
}

/** The dangerous policies that whoever may create pods may use through them, and where. */
export function dangerousPodRights(
  policies: readonly Policy[],
  {grants}: Authorizer,
): readonly PodRight[] {
  const names = policies
    .filter(policy => dangersOf(policy).length > 0)
    .map(({metadata}) => metadata.name);
  const found = new Map<string, PodRight>();
  for (const grant of grants) {
    const opened = names.filter(name => grant.policies?.has(name) ?? true);
    if (opened.length === 0) continue;
    for (const grantee of granteesOf(grant)) {
      const place = placeOfPods(grantee, grant.binding.namespace);
      if (place === undefined) continue;
      for (const policy of opened) {
        found.set(`${policy}/${place.namespace ?? ''}`, {policy, namespace: place.namespace});
      }
    }
  }
  return [...found.values()];
}

/** Where pods may run that a grant to this subject counts for; undefined if nowhere. */
function placeOfPods(
  {kind, namespace, name}: Grantee,
  scope: string | undefined,
): {readonly namespace: string | undefined} | undefined {
  if (kind === 'Group' && everyPod.includes(name)) return {namespace: scope};
  const [, group] = kind === 'Group' ? (/^system:serviceaccounts:(.+)$/.exec(name) ?? []) : [];
  const account =
    kind === 'User' ? accountOfUser(name) : kind === 'Group' ? undefined : {namespace, name};
  // The controllers of kube-system create the pods of all namespaces.
  const isController =
    account?.namespace === 'kube-system' && kindsCreatedBy(account.name).length > 0;
  if (isController || group === 'kube-system') return {namespace: scope};
  const home = group ?? account?.namespace;
  return home === undefined || (scope !== undefined && scope !== home)
    ? undefined
    : {namespace: home};
}

const everyPod = ['system:serviceaccounts', 'system:authenticated'];
