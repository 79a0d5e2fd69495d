import type {Audit, Finding, Severity} from '../../audit/finding.ts';
import type {AuditRule} from '../../audit/rule.ts';
import {rules} from '../../audit/rules/index.ts';
import {objectText} from '../../audit/words.ts';
import {gapText} from '../../inventory/gaps.ts';

/** Where an object stands in a file. */
export interface FilePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface SarifOptions {
  /** Of this program. */
  readonly version: string;
  /** Where the object of a finding stands, if it is from a file. */
  placeOf(finding: Finding): FilePlace | undefined;
}

const homepage = 'https://github.com/kubectl-psp/kubectl-psp';

/** SARIF knows no lower level than a note for something that was found. */
const levels: Readonly<Record<Severity, string>> = {
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** What code scanners sort security findings by: from 0 to 10, as CVSS has it. */
const scores: Readonly<Record<Severity, string>> = {
  high: '8.0',
  medium: '5.0',
  low: '3.0',
  info: '1.0',
};

/** The audit as one run of SARIF 2.1.0 (OASIS): ignored findings are suppressed ones. */
export function auditSarif(audit: Audit, options: SarifOptions): object {
  const {findings, ignored, inventory} = audit;
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kubectl-psp',
            version: options.version,
            informationUri: homepage,
            rules: rules.map(descriptorOf),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: inventory.gaps.map(gap => ({
              level: 'warning',
              message: {text: gapText(gap)},
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: [
          ...findings.map(finding => resultOf(finding, options)),
          ...ignored.map(({finding, reason, until}) => ({
            ...resultOf(finding, options),
            suppressions: [
              {
                kind: 'external',
                status: 'accepted',
                justification: until === undefined ? reason : `${reason} (until ${until})`,
              },
            ],
          })),
        ],
      },
    ],
  };
}

function descriptorOf({id, severity, milder, title, why, remedy}: AuditRule): object {
  return {
    id,
    shortDescription: {text: title},
    fullDescription: {text: why},
    help: {
      text: `${why}\n\n${remedy}`,
      markdown: `${why}\n\n**What to do:** ${remedy}`,
    },
    helpUri: `${homepage}/blob/main/docs/RULES.md#${id}`,
    defaultConfiguration: {level: levels[severity]},
    properties: {
      tags: ['security', 'kubernetes', 'podsecuritypolicy'],
      severity,
      'security-severity': scores[severity],
      ...(milder === undefined ? {} : {milder}),
    },
  };
}

function resultOf(finding: Finding, {placeOf}: SarifOptions): object {
  const {rule, id, severity, object, message, evidence, remedy} = finding;
  const place = placeOf(finding);
  const name = objectText(object);
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(known => known.id === rule),
    level: levels[severity],
    message: {text: `${name}: ${message}`},
    locations: [
      {
        ...(place && {
          physicalLocation: {
            artifactLocation: {uri: uriOf(place.file)},
            region: {startLine: place.line},
          },
        }),
        logicalLocations: [{name: object.name, fullyQualifiedName: name, kind: 'resource'}],
      },
    ],
    partialFingerprints: {'finding/v1': id},
    properties: {severity, evidence, controls: finding.controls.map(control => control.id), remedy},
  };
}

/** A path as a URI reference; Windows' separators become slashes. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('/')) return `file://${path}`;
  return /^[A-Za-z]%3A\//.test(path) ? `file:///${path.replace('%3A', ':')}` : path;
}
