import {type Advice, adviceFor} from '../../advice/advice.ts';
import {levelAdvice} from '../../advice/levelAdvice.ts';
import {oldGrantCommand, oldGrantsOf} from '../../advice/oldGrants.ts';
import {adviceForUpgrade, type Impossible} from '../../advice/upgradeAdvice.ts';
import {labelCommand} from '../../audit/remedies.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Gap} from '../../inventory/inventory.ts';
import {
  adviceTable,
  adviceYaml,
  impossibleText,
  printedAdvice,
  printedImpossible,
} from '../../report/advice.ts';
import {escapeText} from '../../report/escape.ts';
import {document, jsonText} from '../../report/machine.ts';
import {printPolicyNames} from '../answer.ts';
import {choose} from '../flags.ts';
import type {World} from '../world.ts';
import {type AdviseFlags, adviceFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** `advise` without a mode: the least policy of every scope, as if there were no policy yet. */
export function adviseLeast(request: AdviseRequest): ExitCode {
  const {flags, scope, items, upgrade, inventory, world} = request;
  const format = choose('-o', flags.output, adviceFormats);
  const {advices, impossible} =
    upgrade === undefined
      ? {advices: adviceFor(items, scope, flags.allowDefaults), impossible: undefined}
      : adviceForUpgrade(upgrade, scope, flags.allowDefaults);
  printAdvices(world, advices, {
    impossible,
    format,
    withGrants: flags.grant,
    headers: !flags.noHeaders,
    gaps: inventory.gaps,
  });
  if (judgesOldGrants(flags)) printOldGrants(request, advices);
  if (format === 'yaml' || format === 'table') printLevels(request);
  for (const one of impossible ?? []) world.warn(impossibleText(one));
  return impossible === undefined || impossible.length === 0 ? exitCodes.ok : exitCodes.no;
}

/** Whether to say which old grants nobody needs once the advice is applied: to people, of what is there already. */
export function judgesOldGrants({grant, output, filename, ...modes}: AdviseFlags): boolean {
  const {reuse, compare, maxPolicies, harden} = modes;
  const isOther = reuse || [compare, maxPolicies, harden].some(mode => mode !== undefined);
  const isForPeople = output === undefined || output === 'yaml' || output === 'table';
  return grant && !isOther && isForPeople && filename.length === 0;
}

function printOldGrants({flags, inventory, world}: AdviseRequest, advices: readonly Advice[]) {
  const {grants} = oldGrantsOf(inventory, advices, {isWhole: flags.allNamespaces});
  if (grants.length === 0) return;
  const lines = [
    'Once this is applied, these grants of wider policies are no longer needed:',
    ...grants.map(grant => `  ${oldGrantCommand(grant)}`),
  ].map(escapeText);
  // At the end of YAML they are a comment, so that the output can still be applied.
  if (flags.output === 'table') for (const line of lines) world.warn(line);
  else world.print(lines.map(line => `# ${line}\n`).join(''));
}

/** So many namespaces get a line; the rest is counted. */
const mostLevels = 8;

/** On a server without policies: what to do with those that are proposed, and the levels that would do instead. */
function printLevels({flags, inventory, items, world}: AdviseRequest): void {
  const levels = levelAdvice(inventory, items);
  if (levels.length === 0) return;
  const {serverVersion, admissionPolicies} = inventory;
  world.warn(
    admissionPolicies === undefined
      ? `note: the server (${serverVersion}) has no PodSecurityPolicy: migrate policies --from FILE makes objects of these that it enforces; or label namespaces:`
      : `note: policies live in admission policies of the server (${serverVersion}): apply -f FILE puts these among them${flags.grant ? ', and kubectl apply the grants, which need a file of their own' : ''}; or label namespaces:`,
  );
  for (const {namespace, level, version} of levels.slice(0, mostLevels)) {
    world.warn(
      `  ${labelCommand(namespace, {enforce: level, 'enforce-version': `v1.${version}`})}`,
    );
  }
  const more = levels.length - mostLevels;
  if (more > 0) world.warn(`  and ${more} more: see audit`);
}

interface AdvicePrintOptions {
  readonly format: (typeof adviceFormats)[number];
  readonly withGrants: boolean;
  readonly headers: boolean;
  readonly gaps: readonly Gap[];
  /** Of what no policy is right on both releases; undefined where nobody asked. */
  readonly impossible: readonly Impossible[] | undefined;
}

/** Prints policies and what they are for, in the format that was asked for. */
function printAdvices(
  world: World,
  advices: readonly Advice[],
  {format, withGrants, headers, gaps, impossible}: AdvicePrintOptions,
): void {
  switch (format) {
    case 'yaml':
      world.print(adviceYaml(advices, withGrants));
      return;
    case 'json': {
      const printed = advices.map(advice => printedAdvice(advice, withGrants));
      const none = impossible?.map(printedImpossible);
      world.print(jsonText({...document('Advice', printed, gaps), impossible: none}));
      return;
    }
    case 'table':
      if (advices.length > 0) world.print(adviceTable(advices, headers));
      return;
    case 'name':
      printPolicyNames(
        world,
        advices.map(({policy}) => policy.metadata.name),
      );
  }
}
