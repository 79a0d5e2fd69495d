import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {comparePolicies} from '../policy/comparePolicies.ts';
import {authorizerOf, type RbacObjects} from '../rbac/authorize.ts';
import {byText} from '../text.ts';
import type {PolicyReach, WideBinding} from './managedPolicies.ts';

const wideGroups: ReadonlyMap<string | undefined, WideBinding['to']> = new Map([
  ['system:authenticated', 'everybody'],
  ['system:serviceaccounts', 'all service accounts'],
]);

/** What policies let in and who may use them cluster-wide; `rbac` undefined: it could not be read. */
export function policyReaches(
  policies: readonly Policy[],
  rbac: RbacObjects | undefined,
  release: Release,
): readonly PolicyReach[] {
  const grants = rbac && authorizerOf(rbac).grants.filter(isClusterWide);
  return policies.map(policy => {
    const {name} = policy.metadata;
    const own = grants?.filter(({policies: opened}) => opened?.has(name) !== false);
    return {
      policy: name,
      letsAllIn: letsAllIn(policy, release),
      everybody: own && wideBindings(own),
    };
  });
}

type Grants = ReturnType<typeof authorizerOf>['grants'];

function isClusterWide({binding}: Grants[number]): boolean {
  return binding.namespace === undefined;
}

function wideBindings(grants: Grants): readonly WideBinding[] {
  return grants
    .flatMap(({binding, subjects}) => {
      const groups = subjects.filter(({kind}) => kind === 'Group').map(({name}) => name);
      const [to] = [...wideGroups].flatMap(([group, who]) => (groups.includes(group) ? who : []));
      return to === undefined ? [] : [{name: binding.name, to}];
    })
    .sort((one, other) => byText(one.name, other.name));
}

/** Whether it lets through, unchanged, everything that the privileged policy does. */
function letsAllIn(policy: Policy, release: Release): boolean {
  const {order} = comparePolicies(
    builtinPolicy('privileged', {appArmor: true, release}),
    policy,
    release,
  );
  return order === 'equal' || order === 'looser';
}
