import type {Finding} from '../audit/finding.ts';
import {labelOf} from '../kube/reference.ts';
import type {Model} from './model.ts';
import type {Tone} from './paint.ts';
import {remedyOf, remedyWords} from './remedy.ts';
import type {RichLine} from './rich.ts';
import type {Table} from './table.ts';

const tones: Readonly<Record<Finding['severity'], Tone>> = {
  high: 'bad',
  medium: 'warn',
  low: 'plain',
  info: 'dim',
};

/** What an audit finds, the most serious first. */
export function findingTable({findings, inventory}: Model, namespace: string | undefined): Table {
  const shown = findings.filter(
    ({object}) => namespace === undefined || (object.namespace ?? namespace) === namespace,
  );
  return {
    columns: ['SEVERITY', 'RULE', 'OBJECT', 'WHAT'],
    spare: ['RULE'],
    wordRoom: 40,
    empty:
      inventory.gaps.length > 0
        ? 'The audit finds nothing in what was read; not all could be.'
        : 'The audit finds nothing.',
    rows: shown.map(finding => ({
      key: finding.id,
      cells: [
        {value: finding.severity, tone: tones[finding.severity]},
        finding.rule,
        labelOf(finding.object),
        finding.message,
      ],
      enter: {name: 'finding', id: finding.id},
    })),
  };
}

/** A finding with all that shows it and what to do, as a text. */
export function findingLines({findings}: Model, id: string): readonly RichLine[] {
  const finding = findings.find(each => each.id === id);
  if (finding === undefined) return ['It is gone: the audit no longer finds this.'];
  const {severity, rule, object, message, evidence, remedy} = finding;
  const step = remedyWords(remedyOf(finding));
  return [
    [{text: labelOf(object), bold: true}, {text: `: ${message}`}],
    '',
    [{text: 'Severity: '}, {text: severity, tone: tones[severity]}, {text: `   Rule: ${rule}`}],
    '',
    [{text: 'What shows it', bold: true}],
    ...evidence.map(line => `  ${line}`),
    ...(evidence.length === 0 ? ['  (the objects themselves)'] : []),
    '',
    [{text: 'What to do', bold: true}],
    `  ${remedy}`,
    ...(step === undefined
      ? []
      : ['', [{text: 'f', bold: true}, {text: `: ${step}, after a look at what that does`}]]),
  ];
}
