import {judgeOf} from '../admission/judge.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {askedIn} from '../inventory/native/nativeHome.ts';
import {type Item, templatesOf} from '../inventory/submissions/items.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import type {Policy} from '../kube/objects.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {comparePolicies} from '../policy/comparePolicies.ts';
import {byText} from '../text.ts';
import {afterSteps, type BindingPlan, type GrantTarget} from './bindingSteps.ts';
import {planBind} from './planBind.ts';

/** How a namespace is let out of PodSecurityPolicy. */
export interface BypassPlan {
  /** The policy that takes all its pods, unchanged. */
  readonly policy: Policy;
  /** Whether the cluster has it already. */
  readonly isThere: boolean;
  readonly grants: BindingPlan;
  /** The inventory once that is made. */
  readonly after: Inventory;
  /** What other policies would still decide about or change, and which. */
  readonly leaks: readonly BypassLeak[];
}

/** A workload that is not let out, or not for sure. */
export interface BypassLeak {
  readonly item: Item;
  /** undefined: not known. */
  readonly policy: string | undefined;
}

/** The name that a policy of this program has that lets namespaces out. */
const bypassName = '0-psp-bypass';

/**
 * A policy that lets everything in, whose name comes before all others, and its grant to all service
 * accounts of the namespace. The name matters: a pod whose seccomp profile stands in its own
 * securityContext counts as changed under every policy, and admission takes the first by name of those.
 * Throws a UserError if no name comes before all others.
 */
export function planBypass(inventory: Inventory, namespace: string): BypassPlan {
  const name = firstName(inventory.policies.map(({metadata}) => metadata.name));
  const {release} = inventory;
  const open = builtinPolicy('privileged', {appArmor: false, release});
  const policy: Policy = {...open, metadata: {...open.metadata, name}};
  const there = inventory.policies.find(({metadata}) => metadata.name === name);
  if (there !== undefined && comparePolicies(policy, there, release).order !== 'equal') {
    throw new UserError(
      `policy ${name} is there and does not let everything in: delete or rename it first`,
      exitCodes.refused,
    );
  }
  const grants = planBind(inventory.rbac, {
    policy: name,
    targets: [bypassTarget(namespace)],
    roleName: undefined,
    asked: askedIn(inventory),
  });
  const policies = [policy, ...inventory.policies.filter(one => one !== there)];
  const after = {...inventory, policies, rbac: afterSteps(inventory.rbac, grants.steps)};
  return {
    policy,
    isThere: there !== undefined,
    grants,
    after,
    leaks: leaksOf(after, namespace, name),
  };
}

/** Whom the bypass of a namespace is granted to: every pod there runs as one of its service accounts. */
export function bypassTarget(namespace: string): GrantTarget {
  const name = `system:serviceaccounts:${namespace}`;
  return {subject: {kind: 'Group', namespace: undefined, name}, namespace};
}

/** The name that the bypass has in this cluster; undefined if there is none. */
export function bypassIn({policies}: Pick<Inventory, 'policies'>): Policy | undefined {
  return policies.find(({metadata}) => /^0-+psp-bypass$/.test(metadata.name));
}

/** In the order of bytes a hyphen comes before dots, digits and letters. */
function firstName(names: readonly string[]): string {
  const [first] = names.filter(name => !/^0-+psp-bypass$/.test(name)).sort(byText);
  if (first === undefined || byText(bypassName, first) < 0) return bypassName;
  const longer = bypassName.replace('-', '-'.repeat(first.length));
  if (byText(longer, first) < 0) return longer;
  throw new UserError(
    `no policy can come before ${first}: give that one another name first`,
    exitCodes.refused,
  );
}

function leaksOf(after: Inventory, namespace: string, name: string): readonly BypassLeak[] {
  const judge = judgeOf(after);
  return templatesOf(after)
    .filter(item => item.namespace === namespace)
    .flatMap(item => {
      const {chosen, edits} = judge.judgement(item.submission);
      const isOut = chosen?.policy.name === name && edits.every(({at}) => isNote(at));
      return isOut ? [] : [{item, policy: chosen?.policy.name}];
    });
}

/** Annotations alone change nothing of a pod that has the profile in its securityContext already. */
function isNote(at: readonly (string | number)[]): boolean {
  const [first, second, key] = at;
  if (first !== 'metadata' || second !== 'annotations') return false;
  return (
    key === validatedPolicyKey || String(key).includes('seccomp.security.alpha.kubernetes.io/')
  );
}
