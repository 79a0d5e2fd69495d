import type {Audit, Finding} from '../../audit/finding.ts';
import {objectText} from '../../audit/words.ts';
import {table} from '../table.ts';
import {countsText} from './text.ts';

const header = ['SEVERITY', 'RULE', 'OBJECT', 'MESSAGE'];
const wideHeader = [...header, 'REMEDY', 'EVIDENCE'];

/** A row for each finding, and the counts. Wide: also what to do, and what shows it. */
export function auditTable(
  audit: Audit,
  {wide, headers}: {readonly wide: boolean; readonly headers: boolean},
): string {
  const rows = audit.findings.map(finding => [
    ...row(finding),
    ...(wide ? wideCells(finding) : []),
  ]);
  const text = table(headers && rows.length > 0 ? (wide ? wideHeader : header) : undefined, rows);
  if (!headers) return text;
  return `${text}${text === '' ? '' : '\n'}${countsText(audit)}\n`;
}

function row({severity, rule, object, message}: Finding): readonly string[] {
  return [severity, rule, objectText(object), message];
}

function wideCells({remedy, evidence}: Finding): readonly string[] {
  return [remedy, evidence.join('; ')];
}
