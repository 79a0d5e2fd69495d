import type {Level} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy, PolicySpec} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';

/** The built-in policies, from open to strict. */
export const builtinLevels = ['privileged', 'baseline', 'restricted'] as const satisfies Level[];

/** What the built-in policies depend on besides the standards. */
export interface BuiltinOptions {
  /**
   * Whether the nodes have AppArmor. A kubelet without it refuses pods that name a profile
   * (pkg/security/apparmor/validate.go, v1.24), and a policy can't allow one but by asking for it.
   */
  readonly appArmor: boolean;
  /** The release that is to store the policy. */
  readonly release: Release;
}

/**
 * The name of a built-in policy. By name, a policy that someone was granted comes before
 * `pss-restricted`, which everybody has: where all of them would change a pod, admission takes the first,
 * and the strictest one would break pods whose owners were given more. The prefix keeps
 * `kubectl apply` from overwriting the `privileged` and `restricted` that many clusters have.
 */
export function builtinName(level: Level): string {
  return `pss-${level}`;
}

/**
 * The policy that holds its pods to a Pod Security Standard of v1.24 (k8s.io/pod-security-admission
 * v0.24, policy/check_*.go). Where a policy can't express the standard, it is stricter; and it
 * changes pods so that they meet the standard. One thing it can't ask for: that a pod which names a
 * user other than root also says runAsNonRoot.
 */
export function builtinPolicy(level: Level, {appArmor, release}: BuiltinOptions): Policy {
  const empty: Policy = {metadata: {name: builtinName(level), annotations: {}}, spec: {}};
  const {metadata, spec} = controls
    .filter(({id}) => appArmor || id !== 'appArmor')
    .reduce((policy, control) => control.hold(policy, level, release), empty);
  return {metadata, spec: withoutEmptyLists(spec)};
}

/** The API server stores no empty lists: with them, each `kubectl apply` would find something to configure. */
function withoutEmptyLists(spec: PolicySpec): PolicySpec {
  return Object.fromEntries(
    Object.entries(spec).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  );
}
