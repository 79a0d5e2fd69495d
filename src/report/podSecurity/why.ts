import type {Verdict} from '../../admission/judgement.ts';
import {labelCommand} from '../../audit/remedies.ts';
import type {PodSecurityAnswer} from '../../podSecurity/answer.ts';
import {
  type PodSecurityLevel,
  type StandardRefusal,
  standardLevels,
  warningText,
} from '../../podSecurity/judge.ts';
import {isStricter, pinnedText} from '../../podSecurity/labels.ts';
import {nameOf} from '../place.ts';
import {askedCell, levelSource} from './words.ts';

/** The columns of verdicts by labels, before the one of the state; wide has more after it. */
export const labelHeader = ['NAMESPACE', 'NAME', 'SERVICE ACCOUNT', 'ENFORCED', 'NEEDS', 'STATE'];
export const wideLabelHeader = [...labelHeader, 'WARNED', 'AUDITED', 'REQUESTER', 'MESSAGE'];

/** A row of a verdict by labels. */
export function labelRow(verdict: Verdict, wide: boolean): readonly string[] {
  const {item, state, judgedForCaller, podSecurity, requester = '', message, decision} = verdict;
  const remark =
    (decision.kind === 'invalid' && ' (invalid)') ||
    (judgedForCaller && ' (creator unknown: judged for you)') ||
    '';
  const {asked, needs = ''} = podSecurity ?? {};
  const row = [
    item.namespace,
    nameOf(item),
    item.submission.serviceAccount,
    askedCell(asked, 'enforce'),
    needs,
    `${state}${remark}`,
  ];
  if (!wide) return row;
  const said = message ?? warningsOf(verdict)[0] ?? '';
  return [...row, askedCell(asked, 'warn'), askedCell(asked, 'audit'), requester, said];
}

/** What the level of a namespace does to a pod, in the words of a story's first line. */
export function labelStateText({state, podSecurity, decision}: Verdict): string {
  if (decision.kind === 'invalid') return 'denied: it is invalid, whatever the level';
  const {asked, exempt} = podSecurity ?? {};
  const enforced = asked === undefined ? '' : ` by ${pinnedText(asked.enforce)}`;
  switch (state) {
    case 'denied':
      return `denied${enforced}`;
    case 'unknown':
      return 'unknown';
    case 'warned':
      return 'admitted, with a warning';
    default:
      return exempt === undefined ? `admitted${enforced}` : `admitted: ${exempt}`;
  }
}

/** The facts of a story: what its namespace asks for, and what the pod needs. */
export function labelFacts({podSecurity, decision}: Verdict): readonly string[] {
  if (podSecurity === undefined) return [];
  const {asked, needs, allowed} = podSecurity;
  const doubts = decision.kind === 'invalid' ? [] : podSecurity.doubts;
  const areDefaultsKnown = allowed !== undefined && asked?.enforce.levelFrom === 'default';
  const source = (mode: 'enforce' | 'warn' | 'audit') =>
    asked === undefined ? 'unknown' : levelSource(asked[mode], areDefaultsKnown);
  const depends = doubts.map(({about, needs: where}) => `${about} (${where})`);
  return [
    ...fact('Enforced', source('enforce')),
    ...fact('Warned of', source('warn')),
    ...fact('Audited', source('audit')),
    ...fact('Needs', needs),
    ...depends.flatMap((line, index) => fact(index === 0 ? 'Depends on' : '', line)),
  ];
}

/** What each level has against the pod, and what would let it in. */
export function labelReasons({podSecurity, item, decision}: Verdict): readonly string[] {
  if (podSecurity === undefined || decision.kind === 'invalid') return [];
  const {allowed, refusals, needs, above, asked, exempt} = podSecurity;
  if (exempt !== undefined) return [];
  if (allowed === false) {
    const lowered = labelCommand(item.namespace, {enforce: needs});
    return [
      ...listed(
        `${asked === undefined ? '' : pinnedText(asked.enforce)} refuses it:`,
        refusals.enforce,
      ),
      '',
      'Change the pod template in these points; or, for all of the namespace:',
      `  ${lowered}`,
    ];
  }
  if (allowed === undefined) {
    if (above.length === 0) return [];
    return listed(
      `Where ${levelsAbove(needs)} is enforced, it is refused; restricted has this against it:`,
      above,
    );
  }
  const modes = (['warn', 'audit'] as const).filter(mode => refusals[mode].length > 0);
  return modes.flatMap(mode => {
    const name = asked === undefined ? mode : pinnedText(asked[mode]);
    const what = mode === 'warn' ? 'warns of it' : 'notes it in the audit log';
    return listed(`${name} ${what}:`, refusals[mode]);
  });
}

/** Why a pod gets in or not, in one line: the level that decides, and what it has against it. */
export function labelReason({asked, refusals, allowed, exempt}: PodSecurityAnswer): string {
  if (exempt !== undefined) return exempt;
  if (asked === undefined) return '';
  const reasons = (of: readonly StandardRefusal[]) => of.map(({reason}) => reason).join(', ');
  const {enforce, warn, audit} = refusals;
  if (allowed === false) return `${pinnedText(asked.enforce)} refuses it: ${reasons(enforce)}`;
  if (warn.length > 0) return `${pinnedText(asked.warn)} warns of it: ${reasons(warn)}`;
  if (audit.length > 0) return `${pinnedText(asked.audit)} notes it: ${reasons(audit)}`;
  return `${pinnedText(asked.enforce)} lets it in`;
}

/** The warnings with which the server lets a pod in. */
function warningsOf({allowed, podSecurity}: Verdict): readonly string[] {
  const {asked, refusals} = podSecurity ?? {};
  if (!allowed || asked === undefined || !refusals?.warn.length) return [];
  const {level, version} = asked.warn;
  return [`Warning: ${warningText(level, version, refusals.warn)}`];
}

/** The words of the server about a pod that it lets in. */
export function labelMessage(verdict: Verdict): readonly string[] {
  const warnings = warningsOf(verdict);
  return warnings.length === 0
    ? []
    : ['', 'The API server says:', ...warnings.map(line => `  ${line}`)];
}

function fact(title: string, text: string): readonly string[] {
  return [`  ${title.padEnd(16)} ${text}`];
}

function listed(title: string, refusals: readonly StandardRefusal[]): readonly string[] {
  const lines = refusals.map(({reason, detail}) =>
    detail === '' ? reason : `${reason}: ${detail}`,
  );
  return ['', title, ...lines.map(line => `  - ${line}`)];
}

/** `baseline or restricted`: the levels that refuse a pod which needs this one. */
function levelsAbove(needs: PodSecurityLevel): string {
  return standardLevels.filter(level => isStricter(level, needs)).join(' or ');
}
