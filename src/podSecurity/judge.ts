/**
 * The Pod Security Standards as Pod Security Admission enforces them, with its messages
 * (k8s.io/pod-security-admission v0.37.2, policy/registry.go and policy/checks.go).
 */
import type {Pod} from '../kube/pod.ts';
import {keyed} from '../once.ts';
import {byText} from '../text.ts';
import type {CheckedLevel, CheckRow, Refusal, StandardCheck} from './check.ts';
import {standardChecks} from './checks/index.ts';
import {type StandardVersion, standardMinor, standardVersionText} from './version.ts';

/** From lax to strict. */
export const standardLevels = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof standardLevels)[number];

/** A refusal and the check that it is of. */
export interface StandardRefusal extends Refusal {
  readonly check: string;
}

/**
 * What a level of a version has against a pod, in Kubernetes' order; empty if it lets it in. The pod is
 * as a server sees it: with what it fills in by itself (defaultPod).
 */
export function standardRefusals(
  pod: Pod,
  level: PodSecurityLevel,
  version: StandardVersion,
): readonly StandardRefusal[] {
  if (level === 'privileged') return [];
  const refusals: StandardRefusal[] = [];
  for (const {id, row} of rowsOf(level)(standardMinor(version))) {
    const refusal = row.refuse(pod);
    if (refusal !== undefined) refusals.push({check: id, ...refusal});
  }
  return refusals;
}

/** Whether a level of a version lets a pod in; stops at the first check that does not. */
export function meetsStandard(
  pod: Pod,
  level: PodSecurityLevel,
  version: StandardVersion,
): boolean {
  if (level === 'privileged') return true;
  return rowsOf(level)(standardMinor(version)).every(({row}) => row.refuse(pod) === undefined);
}

/** The strictest level that lets a pod in. */
export function levelOfPod(pod: Pod, version: StandardVersion): PodSecurityLevel {
  return standardLevels.findLast(level => meetsStandard(pod, level, version)) ?? 'privileged';
}

/** The reasons with what they are about, if there is something to say (a sysctl may have no name). */
export function refusalDetail(refusals: readonly Refusal[]): string {
  return refusals
    .map(({reason, detail}) => (detail === '' ? reason : `${reason} (${detail})`))
    .join(', ');
}

/** How the server refuses a pod, after `pods "NAME" is forbidden: ` (admission/admission.go). */
export function violationText(
  level: PodSecurityLevel,
  version: StandardVersion,
  refusals: readonly Refusal[],
): string {
  const policy = `${level}:${standardVersionText(version)}`;
  return `violates PodSecurity "${policy}": ${refusalDetail(refusals)}`;
}

/** How the server warns of a pod that it lets in, or notes it in the audit log. */
export function warningText(...violation: Parameters<typeof violationText>): string {
  return `would ${violationText(...violation).replace(/^violates/, 'violate')}`;
}

interface ActiveCheck {
  readonly id: string;
  readonly row: CheckRow;
}

const baselineRows = keyed((minor: number) => activeOf('baseline', minor));
const restrictedRows = keyed((minor: number) => {
  const restricted = activeOf('restricted', minor);
  const replaced = new Set(restricted.map(({check}) => check.replaces));
  return [...baselineRows(minor).filter(({id}) => !replaced.has(id)), ...restricted];
});

function rowsOf(level: CheckedLevel): (minor: number) => readonly ActiveCheck[] {
  return level === 'baseline' ? baselineRows : restrictedRows;
}

/** The checks of a level that there are at a version, in the order of their names. */
function activeOf(
  level: CheckedLevel,
  minor: number,
): readonly (ActiveCheck & {readonly check: StandardCheck})[] {
  return standardChecks
    .filter(check => check.level === level)
    .toSorted((a, b) => byText(a.id, b.id))
    .flatMap(check => {
      const row = check.rows.findLast(({since}) => since <= minor);
      return row === undefined ? [] : [{id: check.id, row, check}];
    });
}
