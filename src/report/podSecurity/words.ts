import type {PodSecurityAnswer} from '../../podSecurity/answer.ts';
import {
  type ModeLevel,
  type NamespaceLevel,
  type PodSecurityMode,
  pinnedText,
} from '../../podSecurity/labels.ts';
import {standardVersionText} from '../../podSecurity/version.ts';

/** The modes as people read of them, the one that decides first. */
export const modesInOrder: readonly PodSecurityMode[] = ['enforce', 'warn', 'audit'];

/** A level in a cell of a table: `baseline:v1.31`; nothing where no label says one. */
export function askedCell(asked: NamespaceLevel | undefined, mode: PodSecurityMode): string {
  if (asked === undefined) return 'unknown';
  const {levelFrom, level, version} = asked[mode];
  if (levelFrom === 'default' && level === 'privileged') return '';
  return version === 'latest' ? level : pinnedText({level, version});
}

/** The same in a sentence, with where it comes from. */
export function levelSource(level: ModeLevel, areDefaultsKnown: boolean): string {
  const {levelFrom, mistake} = level;
  const name = pinnedText(level);
  if (mistake !== undefined) return `${name}: its label says ${mistake}`;
  if (levelFrom === 'label') return `${name}, by its label`;
  if (levelFrom === 'enforce') return `${name}, as it is enforced and no label says otherwise`;
  return areDefaultsKnown
    ? `${name}, the server's default`
    : "no label: the server's default, which is privileged unless its AdmissionConfiguration says otherwise";
}

/** What Pod Security Admission says of a pod, as machine output has it. */
export function printedPodSecurity(answer: PodSecurityAnswer): object {
  const {asked, refusals, needs, exempt, doubts, allowed} = answer;
  const modes = modesInOrder.map(mode => {
    if (asked === undefined) return [mode, null];
    const {level, version, levelFrom} = asked[mode];
    const against = refusals[mode].map(({check, reason, detail}) => ({check, reason, detail}));
    return [
      mode,
      {level, version: standardVersionText(version), from: levelFrom, refuses: against},
    ];
  });
  return {
    ...Object.fromEntries(modes),
    needs,
    exempt: exempt ?? null,
    dependsOn: allowed === undefined ? undefined : doubts,
  };
}
