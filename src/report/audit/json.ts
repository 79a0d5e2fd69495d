import type {Audit, Finding} from '../../audit/finding.ts';
import {document} from '../machine.ts';
import {countsOf} from './text.ts';

/** An audit as machine output has it. */
export function auditDocument(audit: Audit): object {
  const {findings, ignored, inventory, namespace, admission} = audit;
  return {
    ...document('Audit', findings.map(printedFinding), inventory.gaps),
    namespace: namespace ?? null,
    admission: admission && {answer: admission.answer, says: admission.says},
    counts: Object.fromEntries(countsOf(audit)),
    ignored: ignored.map(({finding, reason, until}) => ({
      ...printedFinding(finding),
      reason,
      until: until ?? null,
    })),
  };
}

function printedFinding(finding: Finding): object {
  const {rule, id, severity, object, message, evidence, remedy} = finding;
  const controls = finding.controls.map(control => control.id);
  return {rule, id, severity, object, message, evidence, controls, remedy};
}
