import type {LabelSummary} from '../../effect/labelSummary.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {mayReadFiles} from '../../inventory/native/nativePolicies.ts';
import {type PodSecurityAnswer, settingsSource} from '../../podSecurity/answer.ts';
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

/** The level that all of a namespace's pods need, of as many as were read: `baseline+`. */
export function needsCell({needs, isPartial}: Pick<LabelSummary, 'needs' | 'isPartial'>): string {
  if (needs === undefined) return isPartial ? 'unknown' : '';
  return isPartial && needs !== 'privileged' ? `${needs}+` : needs;
}

/** What is known of the server's defaults and exemptions, which no API tells: said once for all. */
export function defaultsText({podSecurity}: Pick<Inventory, 'podSecurity'>): string {
  if (podSecurity === undefined) {
    return `not known, nor are exemptions: ${settingsSource} has them, which no API shows`;
  }
  const {defaults, exemptions} = podSecurity;
  const {usernames, namespaces, runtimeClasses} = exemptions;
  const exempt = [
    ...(namespaces.length === 0 ? [] : [`namespaces ${namespaces.join(', ')}`]),
    ...(usernames.length === 0 ? [] : [`users ${usernames.join(', ')}`]),
    ...(runtimeClasses.length === 0 ? [] : [`runtime classes ${runtimeClasses.join(', ')}`]),
  ];
  const levels = modesInOrder.map(mode => `${mode} ${pinnedText(defaults[mode])}`).join(', ');
  return `${levels}; exempt: ${exempt.join('; ') || 'nothing'}`;
}

/** That there may be policies that no API shows; undefined where that can't be, or somebody has named them. */
export function unseenText({
  serverVersion,
  staticPolicies,
}: Pick<Inventory, 'serverVersion' | 'staticPolicies'>): string | undefined {
  return staticPolicies === undefined && mayReadFiles(serverVersion)
    ? 'admission policies in files of the API server, which no API shows (--static-policies)'
    : undefined;
}

/** What a namespace asks for in each mode, as machine output has it. */
export function printedLevels(asked: NamespaceLevel | undefined): object {
  return Object.fromEntries(
    modesInOrder.map(mode => [mode, asked === undefined ? null : printedLevel(asked[mode])]),
  );
}

function printedLevel({level, version, levelFrom}: ModeLevel): object {
  return {level, version: standardVersionText(version), from: levelFrom};
}

/** What Pod Security Admission says of a pod, as machine output has it. */
export function printedPodSecurity(answer: PodSecurityAnswer): object {
  const {asked, refusals, needs, exempt, doubts, allowed} = answer;
  const modes = modesInOrder.map(mode => {
    if (asked === undefined) return [mode, null];
    const against = refusals[mode].map(({check, reason, detail}) => ({check, reason, detail}));
    return [mode, {...printedLevel(asked[mode]), refuses: against}];
  });
  return {
    ...Object.fromEntries(modes),
    needs,
    exempt: exempt ?? null,
    dependsOn: allowed === undefined || doubts.length === 0 ? undefined : doubts,
  };
}
