import type {Audit, Severity} from '../../audit/finding.ts';
import {severities} from '../../audit/finding.ts';
import {ignoreEntries, ignoring} from '../../audit/ignore.ts';
import {auditOf} from '../../audit/index.ts';
import type {CheckFinding} from '../../check/answerCheck.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {isFilesAlone} from '../../inventory/files/filesWorld.ts';
import {auditDocument} from '../../report/audit/json.ts';
import {auditJunit} from '../../report/audit/junit.ts';
import {auditSarif} from '../../report/audit/sarif.ts';
import {auditTable} from '../../report/audit/table.ts';
import {countsText} from '../../report/audit/text.ts';
import {jsonText} from '../../report/machine.ts';
import {build} from '../../version.ts';
import {printYaml} from '../../yaml/documents.ts';
import {warnOfAdmission} from '../admissionOff.ts';
import {load, requireNamespace, requireReadPolicies} from '../input/load.ts';
import type {World} from '../world.ts';
import type {AuditFlags, auditFormats} from './auditFlags.ts';
import {type PlaceNotes, placeNotes} from './auditPlaces.ts';

interface AuditRequest {
  readonly format: (typeof auditFormats)[number];
  readonly failOn: Severity | undefined;
}

/** Reads, audits, prints or writes; the exit code says whether a finding reaches --fail-on. */
export async function runAudit(
  world: World,
  flags: AuditFlags,
  request: AuditRequest,
): Promise<ExitCode> {
  // Errors in this file are reported before a cluster is read.
  const entries =
    flags.ignore === undefined ? [] : ignoreEntries(await world.readDocuments([flags.ignore]));
  const {demo = false, from = [], allNamespaces = false} = flags;
  const scope = {...flags, allNamespaces: allNamespaces || flags.namespace === undefined};
  const needs = {policies: true, workloads: true, caller: false, whole: true, volumes: true};
  const places = placeNotes(world);
  const reader = request.format === 'sarif' ? places.world : world;
  const {inventory, namespace} = await load(reader, scope, needs);
  requireReadPolicies(inventory);
  requireNamespace(inventory, namespace);
  const {policies, refused = []} = inventory;
  if (inventory.origin === 'manifests' && policies.length + refused.length === 0) {
    // A cluster may have none; files without any are not the ones meant, and must not pass in CI.
    throw new UserError(
      `${inventory.source}: contains no PodSecurityPolicy, so there is nothing to audit`,
    );
  }
  const isWhole = namespace === undefined || demo || from.length > 0;
  const today = world.now().slice(0, 10);
  const {audit, notes} = ignoring(auditOf(inventory, {namespace, isWhole}), entries, today);
  for (const note of notes) world.warn(note);
  warnOfAdmission(world, doubtOf(audit), 'findings tell');

  const text = await auditText(audit, request, flags, places);
  if (flags.outputFile === undefined) world.print(text);
  else {
    await world.writeFile(flags.outputFile, text, flags.force);
    world.warn(`wrote ${flags.outputFile}: ${countsText(audit)}`);
  }
  return fails(audit, request.failOn) ? exitCodes.no : exitCodes.ok;
}

/** What tells that policies may not be asked; files are audited for a cluster that asks them. */
function doubtOf({admission, inventory}: Audit): CheckFinding | undefined {
  const isSupposed = admission?.answer === 'unknown' && isFilesAlone(inventory);
  return admission?.answer === 'yes' || isSupposed ? undefined : admission;
}

function fails({findings}: Audit, failOn: Severity | undefined): boolean {
  if (failOn === undefined) return false;
  const failing = severities.slice(0, severities.indexOf(failOn) + 1);
  return findings.some(({severity}) => failing.includes(severity));
}

/** The audit in the format that was asked for; the page's code, which is long, is read only then. */
async function auditText(
  audit: Audit,
  {format, failOn}: AuditRequest,
  {noHeaders}: AuditFlags,
  {placesIn}: PlaceNotes,
): Promise<string> {
  switch (format) {
    case 'table':
    case 'wide':
      return auditTable(audit, {wide: format === 'wide', headers: !noHeaders});
    case 'json':
      return jsonText(auditDocument(audit));
    case 'yaml':
      return printYaml(auditDocument(audit));
    case 'sarif': {
      const placeOf = placesIn(audit.inventory);
      return jsonText(auditSarif(audit, {version: build().version, placeOf}));
    }
    case 'junit':
      return auditJunit(audit, failOn);
    case 'html': {
      const {auditHtml} = await import('../../report/audit/html/index.ts');
      return auditHtml(audit);
    }
  }
}
