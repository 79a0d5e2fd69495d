import {exitCodes, UserError} from '../errors.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {type Item, templatesOf} from '../inventory/items.ts';
import {parseSelector} from '../kube/labelSelector.ts';
import {type Scope, scopes} from '../policy/advice.ts';
import {adviseHarden, hardenLevelOf} from './adviseHarden.ts';
import {adviceFormats, adviseLeast} from './adviseLeast.ts';
import {adviseMax, policyCountOf} from './adviseMax.ts';
import {warnOfNothing} from './answer.ts';
import {defineCommand} from './command.ts';
import {
  choose,
  type Flags,
  filenameFlag,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  selectorFlag,
  sourceFlags,
  type ValuesOf,
} from './flags.ts';
import {type Loaded, load, requirePolicies} from './load.ts';
import {isPolicyName} from './policyArgument.ts';
import type {World} from './world.ts';

const flags = {
  ...filenameFlag,
  ...scopeFlags,
  ...selectorFlag,
  for: {
    ...{type: 'string', placeholder: 'SCOPE'},
    help: `make one policy for each ${scopes.join(', ')} (default service-account)`,
    choices: scopes,
  },
  maxPolicies: {
    ...{type: 'string', placeholder: 'N'},
    help: 'share at most N policies, where that gives the least excess privilege',
  },
  reuse: {
    type: 'boolean',
    help: 'name the tightest policy that exists; write a new one only where it is tighter',
  },
  compare: {
    ...{type: 'string', placeholder: 'POLICY'},
    help: 'tell how far a policy is above what the pods bound to it need',
  },
  harden: {
    ...{type: 'string', placeholder: 'LEVEL', choices: ['restricted', 'baseline']},
    implied: 'restricted',
    help: 'patch the pods, so that they live under restricted (the default) or baseline',
  },
  grant: {type: 'boolean', help: 'also write roles and bindings that let the accounts use them'},
  allowDefaults: {
    type: 'boolean',
    help: 'allow policies that fill in unset fields (drop ALL, no escalation, non-root, seccomp)',
  },
  ...outputFlag(...adviceFormats, 'wide', 'kustomize'),
  ...noHeadersFlag,
  ...sourceFlags,
} as const satisfies Flags;

export const advise = defineCommand({
  name: 'advise',
  summary: 'Write least-privilege policies for what runs, or for manifests',
  description: `Writes the strictest PodSecurityPolicies that let the pods through without changing them: one for
each service account, or for each workload or namespace, or one for all. Every control is inferred,
also from init containers and pod-level settings, and comments say which workload needs what.

Workloads are judged by their templates; pods without one (of custom controllers, or bare) by
themselves. The service account's token volume is counted in. Names begin with a digit so that
admission tries these policies before looser ones. No cluster is asked for manifests given with -f.

--reuse reads the policies that exist: of those that let all the pods through unchanged it names the
tightest, and writes a new policy only where that is strictly tighter. It says where admission would
choose another policy all the same, since it takes the first by name.

--compare POLICY tells by control what could be tighter, and who needs the rest. What counts are the
workloads that admission binds to the policy, in all namespaces or in -n, or those of -f. POLICY may
also be a file or builtin:restricted; then all workloads count. -o is table, wide, json or yaml there.

--max-policies N lets service accounts (or workloads, namespaces: --for) share policies. Excess is what
a policy lets a workload do that it does not need: a point for each thing that only others need, and 10
for each Pod Security Standard that a control falls through. The sum over all workloads is the least
there can be for up to 12 different needs; with more, policies are merged step by step. It is said which.

--harden prints strategic merge patches that make pods live under the built-in restricted or baseline
policy (see policies) and meet the Pod Security Standard. They only set what is unset, and remove
volumes that nothing mounts. What a pod asks for is listed as needing a decision, with the change it
would take. -o is yaml, json, table or kustomize there.`,
  examples: [
    {says: 'From one manifest', types: 'kubectl psp advise -f deployment.yaml'},
    {
      says: 'For all of the cluster, with the rights to use them',
      types: 'kubectl psp advise -A --grant | kubectl apply -f -',
    },
    {says: 'One policy for a namespace', types: 'kubectl psp advise -n shop --for namespace'},
    {
      says: 'Existing policies where they are as tight',
      types: 'kubectl psp advise -n shop --reuse --grant',
    },
    {
      says: 'How much of a policy nobody needs',
      types: 'kubectl psp advise --compare privileged',
    },
    {
      says: 'Three policies for the whole cluster, shared where that opens least',
      types: 'kubectl psp advise -A --max-policies 3 --grant',
    },
    {
      says: 'What pods have to change to live under the restricted standard',
      types: 'kubectl psp advise -f deployment.yaml --harden -o kustomize | tee kustomization.yaml',
    },
    {
      says: 'Stricter policies that fill in what pods leave unset',
      types: 'kubectl psp advise -n shop --allow-defaults',
    },
  ],
  flags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(`advise takes no argument, got ${args.join(' ')}`, exitCodes.usage);
    }
    const scope = choose('--for', flags.for, scopes);
    const most = flags.maxPolicies === undefined ? undefined : policyCountOf(flags.maxPolicies);
    const matches = parseSelector(flags.selector ?? '');
    const hardenLevel = flags.harden === undefined ? undefined : hardenLevelOf(flags.harden);
    checkModes(flags);
    const {inventory, namespace} = await read(world, flags);
    const items = templatesOf(inventory).filter(
      item => (namespace === undefined || item.namespace === namespace) && matches(item.labels),
    );
    if (items.length === 0) warnOfNothing(world, namespace);
    const request: AdviseRequest = {flags, scope, inventory, namespace, items, world};
    if (most !== undefined) return adviseMax(request, most);
    if (hardenLevel !== undefined) return adviseHarden(request, hardenLevel);
    if (flags.reuse) return (await import('./later.ts')).adviseReuse(request);
    if (flags.compare !== undefined) {
      return (await import('./later.ts')).adviseCompare(request, flags.compare);
    }
    return adviseLeast(request);
  },
});

/** What every way of advising begins with: the flags, and what was read of what they name. */
export interface AdviseRequest {
  readonly flags: ValuesOf<typeof flags>;
  readonly scope: Scope;
  readonly inventory: Inventory;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** What needs a policy, each template once; perhaps nothing, which is said already. */
  readonly items: readonly Item[];
  readonly world: World;
}

type AdviseFlags = AdviseRequest['flags'];

/** Ways to advise exclude each other: each answers another question. */
function checkModes({reuse, compare, maxPolicies, harden, grant, for: scope}: AdviseFlags): void {
  const [first, second] = [
    ...(reuse ? ['--reuse'] : []),
    ...(compare === undefined ? [] : ['--compare']),
    ...(maxPolicies === undefined ? [] : ['--max-policies']),
    ...(harden === undefined ? [] : ['--harden']),
  ];
  if (second !== undefined) {
    throw new UserError(`${first} and ${second} exclude each other`, exitCodes.usage);
  }
  const idle = grant ? '--grant' : scope === undefined ? undefined : '--for';
  if (compare !== undefined && idle !== undefined) {
    throw new UserError(`--compare writes no policy, so ${idle} has no meaning`, exitCodes.usage);
  }
}

/** Existing policies are read where they count; who is bound to one may be in any namespace. */
async function read(world: World, flags: AdviseFlags): Promise<Loaded> {
  const {reuse, compare, namespace, allNamespaces} = flags;
  const policies = reuse || (compare !== undefined && isPolicyName(compare));
  const everywhere = allNamespaces || (compare !== undefined && namespace === undefined);
  const loaded = await load(
    world,
    {...flags, allNamespaces: everywhere},
    {policies, workloads: true, caller: false},
  );
  if (policies) requirePolicies(loaded.inventory);
  return loaded;
}
