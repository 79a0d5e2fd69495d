import type {Audit, Finding} from '../../audit/finding.ts';
import {notAnswered} from '../../audit/rules/answers.ts';
import {objectText} from '../../audit/words.ts';
import {table} from '../table.ts';
import {countsText} from './text.ts';

const header = ['SEVERITY', 'RULE', 'OBJECT', 'MESSAGE'];
const wideHeader = [...header, 'REMEDY', 'EVIDENCE', 'CONTROLS'];

/**
 * A row for each finding, and the counts; rules that were not checked for one and the same reason share a
 * row. Wide: also what to do, and what shows it. */
export function auditTable(
  audit: Audit,
  {wide, headers}: {readonly wide: boolean; readonly headers: boolean},
): string {
  const rows = shownOf(audit.findings).map(finding => [
    ...row(finding),
    ...(wide ? wideCells(finding) : []),
  ]);
  const text = table(headers && rows.length > 0 ? (wide ? wideHeader : header) : undefined, rows);
  if (!headers) return text;
  return `${text}${text === '' ? '' : '\n'}${countsText(audit)}\n`;
}

/** The findings, with one in place of all that say of rules why they were not checked. */
function shownOf(findings: readonly Finding[]): readonly Finding[] {
  const unchecked = findings.filter(({rule}) => rule === notAnswered.id);
  const shared = [...Map.groupBy(unchecked, ({message}) => message).values()].flatMap(same => {
    const [first, ...others] = same;
    if (first === undefined || others.length === 0) return same;
    const names = same.map(({object}) => object.name);
    return [
      {
        ...first,
        object: {...first.object, name: `${names.length} rules`},
        message: first.message.replace('was not', 'were not'),
        evidence: [...first.evidence, `rules: ${names.join(', ')}`],
      },
    ];
  });
  return [...findings.filter(({rule}) => rule !== notAnswered.id), ...shared];
}

function row({severity, rule, object, message}: Finding): readonly string[] {
  return [severity, rule, objectText(object), message];
}

function wideCells({remedy, evidence, controls}: Finding): readonly string[] {
  return [remedy, evidence.join('; '), controls.map(({id}) => id).join(', ')];
}
