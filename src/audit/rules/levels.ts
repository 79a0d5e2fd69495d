import type {LabelSummary} from '../../effect/labelSummary.ts';
import {minorOf} from '../../kube/release.ts';
import {isStricter, pinnedText, podSecurityModes} from '../../podSecurity/labels.ts';
import {newestStandard} from '../../podSecurity/version.ts';
import {count} from '../../text.ts';
import type {AuditContext} from '../context.ts';
import type {FindingObject} from '../finding.ts';
import {commandLine, labelCommand} from '../remedies.ts';
import {defineRule} from '../rule.ts';

/** Namespaces where nothing but the server's default decides. */
export const noLevel = defineRule({
  id: 'no-level',
  severity: 'medium',
  milder: 'low where nothing runs, or something needs privileged, so that a level has no use yet.',
  title: 'Namespaces without a level that is enforced',
  why: "The level that the API server's AdmissionConfiguration has for all namespaces decides there. It is privileged unless somebody changed it: any pod gets in. No API shows it.",
  remedy: 'Label the namespace with the level that its pods need.',
  needs: ['labels'],
  breadth: 'namespace',
  find: ({levels, inventory}) =>
    levels.flatMap(row => {
      const {asked, namespace, needs = 'restricted', isPartial} = row;
      const isKnown = inventory.podSecurity !== undefined;
      if (asked?.enforce.levelFrom !== 'default') return [];
      if (isKnown && asked.enforce.level !== 'privileged') return [];
      const isIdle = row.pods + row.idle === 0;
      return [
        {
          object: namespaceReference(namespace),
          message: `no label says what is enforced; ${needsText(row)}`,
          evidence: [
            isKnown
              ? `the default of the server: ${pinnedText(asked.enforce)}`
              : 'the default of the server is not known: privileged unless somebody changed it',
          ],
          remedy: isPartial
            ? commandLine('kubectl', 'psp', 'why', '-n', namespace)
            : enforceCommand(namespace, needs, inventory.serverVersion),
          ...(!isPartial && (isIdle || needs === 'privileged') ? {severity: 'low' as const} : {}),
        },
      ];
    }),
});

/** Levels whose checks change with the server. */
export const levelNotPinned = defineRule({
  id: 'level-not-pinned',
  severity: 'low',
  title: 'Levels that are enforced by the newest checks',
  why: 'Without a version, or with latest, the checks are those of the server as it is: an upgrade may refuse pods that run today, and nobody looks at them before.',
  remedy: 'Pin the version, warn of the newest one, and move the pin after a look at the warnings.',
  needs: ['labels'],
  breadth: 'namespace',
  find: ({levels, inventory}) =>
    levels.flatMap(({asked, namespace}) => {
      if (asked === undefined) return [];
      const {level, levelFrom, version} = asked.enforce;
      const hasChecks = levelFrom === 'label' && level !== 'privileged';
      if (!hasChecks || version !== 'latest') return [];
      return [
        {
          object: namespaceReference(namespace),
          message: `enforces ${level} by whatever version the server has`,
          evidence: [`enforce: ${pinnedText(asked.enforce)}`],
          remedy: labelCommand(namespace, {'enforce-version': pinOf(inventory.serverVersion)}),
        },
      ];
    }),
});

/** Namespaces whose level lets in more than all that is there needs. */
export const levelAboveNeed = defineRule({
  id: 'level-above-need',
  severity: 'medium',
  milder: 'low for baseline.',
  title: 'Namespaces whose level lets in more than their pods need',
  why: 'All pods and templates there meet a stricter level. Whoever may create pods there may use the rest: the node, for one, where it is privileged.',
  remedy: 'Enforce the level that is needed.',
  needs: ['labels', 'workloads', 'pods'],
  breadth: 'namespace',
  find: ({levels, inventory}) =>
    levels.flatMap(row => {
      const {asked, namespace, needs, isPartial} = row;
      if (asked?.enforce.levelFrom !== 'label' || needs === undefined || isPartial) return [];
      const {level} = asked.enforce;
      if (!isStricter(needs, level)) return [];
      return [
        {
          object: namespaceReference(namespace),
          message: `enforces ${level}; ${needsText(row)}`,
          evidence: [`enforce: ${pinnedText(asked.enforce)}`],
          remedy: enforceCommand(namespace, needs, inventory.serverVersion),
          ...(level === 'baseline' ? {severity: 'low' as const} : {}),
        },
      ];
    }),
});

/** Labels that the server takes for something else than they say. */
export const wrongLevel = defineRule({
  id: 'wrong-level',
  severity: 'high',
  milder: 'low for labels about warnings or the audit log.',
  title: 'Labels whose value is no level, or no version',
  why: 'A level to enforce that is none is taken for restricted, so that most pods are refused; one to warn of or to audit for privileged, so that nothing is said. A version that is none is taken for the newest.',
  remedy: 'Write a level (privileged, baseline, restricted) and a version (v1.N, latest).',
  needs: ['labels'],
  breadth: 'namespace',
  find: ({levels}) =>
    levels.flatMap(({asked, namespace}) => {
      if (asked === undefined) return [];
      const wrong = podSecurityModes.filter(mode => asked[mode].mistake !== undefined).toReversed();
      const [first] = wrong;
      if (first === undefined) return [];
      const {level} = asked[first];
      return [
        {
          object: namespaceReference(namespace),
          message: `the label ${asked[first].mistake}`,
          evidence: wrong.map(mode => `${mode}: ${pinnedText(asked[mode])}`),
          remedy: labelCommand(namespace, {[first]: level, [`${first}-version`]: 'latest'}),
          ...(first === 'enforce' ? {} : {severity: 'low' as const}),
        },
      ];
    }),
});

/** What a server lets in whatever it asks for. */
export const exemptFromLevels = defineRule({
  id: 'exempt-from-levels',
  severity: 'medium',
  title: 'Users, namespaces and runtime classes that no level holds for',
  why: 'What the AdmissionConfiguration exempts gets in without a check and without a warning, whatever the labels say. Of a controller that is exempt, every pod that it creates is.',
  remedy: 'Take the exemption out, and label the namespace that needs it.',
  needs: [],
  breadth: 'cluster',
  find({inventory}: AuditContext) {
    const {
      usernames = [],
      namespaces = [],
      runtimeClasses = [],
    } = inventory.podSecurity?.exemptions ?? {};
    const exempt = [
      ...usernames.map(name => `user ${name}`),
      ...namespaces.map(name => `namespace ${name}`),
      ...runtimeClasses.map(name => `runtime class ${name}`),
    ];
    return exempt.length === 0
      ? []
      : [
          {
            object: {kind: 'AdmissionConfiguration', namespace: undefined, name: 'PodSecurity'},
            message: `${count(exempt.length, 'exemption')}: what they name gets in whatever it asks for`,
            evidence: exempt,
            remedy: 'Take them out of exemptions in the file of --admission-control-config-file.',
          },
        ];
  },
});

/** A namespace as the object of a finding: it is in itself, so that `-n` shows it. */
function namespaceReference(name: string): FindingObject {
  return {kind: 'Namespace', namespace: name, name};
}

function needsText({pods, idle, needs, isPartial}: LabelSummary): string {
  if (isPartial) return 'not all that is there could be read';
  const all = pods + idle;
  if (all === 0) return 'nothing runs there';
  return all === 1 ? `what is there needs ${needs}` : `nothing there needs more than ${needs}`;
}

function enforceCommand(namespace: string, level: string, version: string | undefined): string {
  return labelCommand(namespace, {enforce: level, 'enforce-version': pinOf(version)});
}

function pinOf(version: string | undefined): string {
  return `v1.${Math.min(minorOf(version) ?? newestStandard, newestStandard)}`;
}
