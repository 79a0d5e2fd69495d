import {type Audit, type Severity, severities} from '../../audit/finding.ts';

/** How many findings there are of each severity, from the most severe to mere notices. */
export function countsOf({findings}: Audit): readonly (readonly [Severity, number])[] {
  return severities.map(severity => [
    severity,
    findings.filter(finding => finding.severity === severity).length,
  ]);
}

/** `3 high, 0 medium, 1 low, 0 info; 2 ignored`. */
export function countsText(audit: Audit): string {
  const counts = countsOf(audit).map(([severity, count]) => `${count} ${severity}`);
  const {length} = audit.ignored;
  return `${counts.join(', ')}${length > 0 ? `; ${length} ignored` : ''}`;
}
