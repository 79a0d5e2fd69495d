import {exitCodes, UserError} from '../errors.ts';
import {templatesOf} from '../inventory/items.ts';
import {parseSelector} from '../kube/labelSelector.ts';
import {adviceFor, scopes} from '../policy/advice.ts';
import {adviceTable, adviceYaml, printedAdvice} from '../report/advice.ts';
import {document} from '../report/machine.ts';
import {printMachine, warnOfNothing} from './answer.ts';
import {defineCommand} from './command.ts';
import {
  choose,
  filenameFlag,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  selectorFlag,
  sourceFlags,
} from './flags.ts';
import {load} from './load.ts';

const formats = ['yaml', 'json', 'table', 'name'] as const;

export const advise = defineCommand({
  name: 'advise',
  summary: 'Write least-privilege policies for what runs, or for manifests',
  description: `Writes the strictest PodSecurityPolicies that let the pods through without changing them: one for
each service account, or for each workload or namespace, or one for all. Every control is inferred,
also from init containers and pod-level settings, and comments say which workload needs what.

Workloads are judged by their templates; pods without one (of custom controllers, or bare) by
themselves. The service account's token volume is counted in. Names begin with a digit so that
admission tries these policies before looser ones. No cluster is asked for manifests given with -f.`,
  examples: [
    {says: 'From one manifest', types: 'kubectl psp advise -f deployment.yaml'},
    {
      says: 'For all of the cluster, with the rights to use them',
      types: 'kubectl psp advise -A --grant | kubectl apply -f -',
    },
    {says: 'One policy for a namespace', types: 'kubectl psp advise -n shop --for namespace'},
    {
      says: 'Stricter policies that fill in what pods leave unset',
      types: 'kubectl psp advise -n shop --allow-defaults',
    },
  ],
  flags: {
    ...filenameFlag,
    ...scopeFlags,
    ...selectorFlag,
    for: {
      ...{type: 'string', placeholder: 'SCOPE'},
      help: `make one policy for each ${scopes.join(', ')} (default service-account)`,
      choices: scopes,
    },
    grant: {type: 'boolean', help: 'also write roles and bindings that let the accounts use them'},
    allowDefaults: {
      type: 'boolean',
      help: 'allow policies that fill in unset fields (drop ALL, no escalation, non-root, seccomp)',
    },
    ...outputFlag(...formats),
    ...noHeadersFlag,
    ...sourceFlags,
  },

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(`advise takes no argument, got ${args.join(' ')}`, exitCodes.usage);
    }
    const format = choose('-o', flags.output, formats);
    const scope = choose('--for', flags.for, scopes);
    const matches = parseSelector(flags.selector ?? '');
    const needs = {policies: false, workloads: true, caller: false};
    const {inventory, namespace} = await load(world, flags, needs);
    const items = templatesOf(inventory).filter(
      item => (namespace === undefined || item.namespace === namespace) && matches(item.labels),
    );
    if (items.length === 0) warnOfNothing(world, namespace);
    const advices = adviceFor(items, scope, flags.allowDefaults);
    switch (format) {
      case 'yaml':
        world.print(adviceYaml(advices, flags.grant));
        break;
      case 'json': {
        const printed = advices.map(advice => printedAdvice(advice, flags.grant));
        printMachine(world, 'json', document('Advice', printed, inventory.gaps));
        break;
      }
      case 'table':
        if (advices.length > 0) world.print(adviceTable(advices, !flags.noHeaders));
        break;
      case 'name':
        for (const {policy} of advices) {
          world.print(`podsecuritypolicy.policy/${policy.metadata.name}\n`);
        }
    }
    return exitCodes.ok;
  },
});
