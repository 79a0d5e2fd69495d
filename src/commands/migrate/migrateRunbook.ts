import {type ExitCode, exitCodes} from '../../errors.ts';
import {gapSummaries} from '../../inventory/gaps.ts';
import {firstWithoutPolicies} from '../../inventory/regime.ts';
import {minorOf} from '../../kube/release.ts';
import {clusterDefaults} from '../../migrate/defaults.ts';
import {labelsFor} from '../../migrate/labels.ts';
import {hasUnreadWorkloads, planOf} from '../../migrate/plan.ts';
import {platformIds} from '../../migrate/platform.ts';
import {runbookOf} from '../../migrate/runbook.ts';
import {comment} from '../../report/advice.ts';
import {shellLine} from '../../report/migrate.ts';
import {runbookHtml, runbookMarkdown} from '../../report/runbook.ts';
import {printYaml} from '../../yaml/documents.ts';
import {choose} from '../flags.ts';
import {migrateFormats} from './migrateFlags.ts';
import {connectionWords, type MigrateRequest, planExit, sourceWords} from './migrateRequest.ts';

/** Prints the steps of this cluster as one page. */
export async function runRunbook(request: MigrateRequest): Promise<ExitCode> {
  const {world, flags, inventory, namespace, to} = request;
  const format = choose('-o', flags.output, migrateFormats.runbook);
  const platform =
    flags.platform === undefined ? undefined : choose('--platform', flags.platform, platformIds);
  // The steps are for the cluster itself, whatever this answer was read from.
  const again = sourceWords({...flags, from: [], filename: [], kustomize: [], demo: false});
  const plan = planOf(inventory, {to, namespace, platform});
  const runbook = runbookOf(plan, {
    migrate: (...words) => shellLine(['kubectl', 'psp', 'migrate', ...words, ...again]),
    psp: (...words) => shellLine(['kubectl', 'psp', ...words, ...connectionWords(flags)]),
    line: (...words) => shellLine(words),
  });
  const {source, takenAt, gaps} = inventory;
  const page = format === 'html' ? runbookHtml : runbookMarkdown;
  world.print(page(runbook, {source, takenAt, unread: gapSummaries(gaps)}));
  return planExit(plan);
}

/** Prints the AdmissionConfiguration of the API server. */
export async function runDefaults(request: MigrateRequest): Promise<ExitCode> {
  const {world, flags, inventory, to} = request;
  choose('-o', flags.output, migrateFormats.defaults);
  const level = choose('--level', flags.level, ['baseline', 'restricted', 'privileged']);
  const labels = labelsFor(inventory, {level, stage: 'enforce', to, namespace: undefined});
  const server = minorOf(inventory.serverVersion) ?? firstWithoutPolicies - 1;
  const {configuration, exempt} = clusterDefaults(labels, level, to, server);
  const isPartial = labels.length === 0 && hasUnreadWorkloads(inventory, undefined);
  const head = [
    'For --admission-control-config-file of the API server: what counts in namespaces without labels.',
    ...(isPartial
      ? ['No namespace could be read: nobody knows which have to be exempt, so keep this back.']
      : []),
    ...exempt.map(
      ({namespace, reason}) => `${namespace} is exempt, label it in place of that: ${reason}`,
    ),
  ];
  world.print(comment(head) + printYaml(configuration));
  if (isPartial) return exitCodes.unreadable;
  return exempt.length > 0 ? exitCodes.no : exitCodes.ok;
}
