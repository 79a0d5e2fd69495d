import {labelOf} from '../kube/reference.ts';
import {minorOf} from '../kube/release.ts';
import {podSecurityModes} from '../podSecurity/labels.ts';
import {standardVersionText} from '../podSecurity/version.ts';
import {type HelmRelease, helmProblem} from './helmReleases.ts';
import type {MigrationPlan, NamespacePlan} from './plan.ts';

/** One step of the way, for somebody who types it. */
export interface RunbookStep {
  readonly title: string;
  /** Why, in sentences. */
  readonly why: string;
  /** Lines for a shell; empty where a person has to act elsewhere. */
  readonly commands: readonly string[];
  /** What to see when it is done. */
  readonly see: string;
  /** What takes it back; a sentence if it is not a line for a shell. */
  readonly back: readonly string[];
  /** What it is about: workloads, releases, subjects. */
  readonly items: readonly string[];
}

/** The way off for one cluster, step by step. */
export interface Runbook {
  readonly plan: MigrationPlan;
  readonly steps: readonly RunbookStep[];
}

/** How the commands of a runbook reach the cluster. */
export interface RunbookWords {
  /** `kubectl psp migrate …` with the flags that lead to the cluster. */
  migrate(...words: readonly string[]): string;
  psp(...words: readonly string[]): string;
  /** Any other program's line, quoted for a shell. */
  line(...words: readonly string[]): string;
}

/** The steps that this plan still needs, in order. */
export function runbookOf(plan: MigrationPlan, words: RunbookWords): Runbook {
  return {
    plan,
    steps: [
      saveStep(plan, words),
      ...releaseSteps(plan, words),
      ...breakSteps(plan, words),
      ...patchSteps(plan, words),
      ...relabelSteps(plan),
      ...stageSteps(plan, words),
      defaultsStep(plan, words),
      ...bypassSteps(plan, words),
      ...pluginSteps(plan, words),
      ...cleanupSteps(plan, words),
      ...upgradeSteps(plan, words),
    ],
  };
}

function saveStep({hasPolicies}: MigrationPlan, {psp}: RunbookWords): RunbookStep {
  const kinds = [
    ...(hasPolicies ? ['podsecuritypolicies'] : []),
    'clusterroles',
    'clusterrolebindings',
  ];
  return {
    title: 'Save what is there',
    why: 'A snapshot answers all questions about today later on; the objects themselves can be created again.',
    commands: [
      psp('snapshot', 'before.json', '-A'),
      `kubectl get ${kinds.join(',')} -o yaml > before-cluster.yaml`,
      'kubectl get roles,rolebindings -A -o yaml > before-namespaces.yaml',
    ],
    see: 'The three files are there and not empty.',
    back: ['Nothing was changed.'],
    items: [],
  };
}

function releaseSteps(
  {cluster: {releases}}: MigrationPlan,
  {line}: RunbookWords,
): readonly RunbookStep[] {
  if (releases.length === 0) return [];
  return [
    {
      title: 'Upgrade Helm releases to charts without policies',
      why: 'Helm compares with the manifest of the release that it has stored. With a kind in it that the server no longer has, every upgrade fails.',
      commands: releases.map(
        release =>
          `${line('helm', 'upgrade', ...nameWords(release), 'CHART')}   # a version or values without PodSecurityPolicy`,
      ),
      see: 'helm get manifest of each release has no PodSecurityPolicy.',
      back: releases.map(release => line('helm', 'rollback', ...nameWords(release))),
      items: releases.map(release => `${release.name}: ${helmProblem(release)}`),
    },
  ];
}

function nameWords({namespace, name}: HelmRelease): readonly string[] {
  return namespace === undefined ? [name] : [name, '--namespace', namespace];
}

function breakSteps(plan: MigrationPlan, {migrate}: RunbookWords): readonly RunbookStep[] {
  const breaks = plan.namespaces.flatMap(one => one.breaks);
  if (breaks.length === 0) return [];
  return [
    {
      title: 'Change what breaks',
      why: `${standardVersionText(plan.step.to)}, or the labels that are there now, refuse these once no policy changes their pods.`,
      commands: [migrate('patches', '--for', 'baseline', '-o', 'table')],
      see: `${migrate()} names nothing under Breaks.`,
      back: ['The manifests of before, from version control.'],
      items: breaks.map(problem => `${labelOf(problem.item)}: ${problem.says}`),
    },
  ];
}

function patchSteps(plan: MigrationPlan, {migrate}: RunbookWords): readonly RunbookStep[] {
  const patches = plan.namespaces.flatMap(one => one.patches);
  if (patches.length === 0) return [];
  return [
    {
      title: 'Write into templates what policies write into pods',
      why: 'Without policies, nobody does it any more: pods get other users, groups and profiles, or are refused.',
      commands: [
        migrate('patches', '--for', 'psp', '-o', 'kustomize'),
        migrate('patches', '--for', 'psp', '-o', 'json6902'),
      ],
      see: `${migrate('patches', '--for', 'psp', '-o', 'table')} names nothing any more.`,
      back: ['kubectl rollout undo KIND NAME -n NAMESPACE'],
      items: patches.map(({item, policy}) => `${labelOf(item)}: lives on policy ${policy}`),
    },
  ];
}

function relabelSteps({cluster: {relabelers}}: MigrationPlan): readonly RunbookStep[] {
  const others = relabelers.filter(({subject}) => subject.name !== 'system:masters');
  if (others.length === 0) return [];
  return [
    {
      title: 'See to it that only those relabel namespaces who should',
      why: 'A level holds as long as nobody changes the label. Policies were guarded by RBAC; labels are guarded by the right to change namespaces.',
      commands: [],
      see: 'Everybody in this list may lift levels. Take the right away from those who should not.',
      back: ['The roles and bindings in before-cluster.yaml and before-namespaces.yaml.'],
      items: others.map(({subject, namespaces, binding}) => {
        const where = namespaces === undefined ? 'all namespaces' : namespaces.join(', ');
        return `${labelOf(subject)}: ${where}, by ${labelOf(binding)}`;
      }),
    },
  ];
}

const stageWords = {
  warn: [
    'Warn',
    'Who creates a pod above the level is warned, and the pod is let in. While policies are there, pods that they change are not warned about: the plan judges templates.',
  ],
  audit: ['Audit', 'The audit log gets a line for each pod above the level.'],
  enforce: ['Enforce', 'Pods above the level are refused, policies or not.'],
} as const;

function stageSteps({namespaces}: MigrationPlan, {migrate}: RunbookWords): readonly RunbookStep[] {
  const reached = (one: NamespacePlan) =>
    one.stage === undefined ? 0 : podSecurityModes.indexOf(one.stage) + 1;
  const first = Math.min(...namespaces.map(reached));
  return podSecurityModes.flatMap((stage, index): readonly RunbookStep[] => {
    const open = namespaces.filter(one => reached(one) <= index);
    if (open.length === 0) return [];
    const levels = open.map(({namespace, after}) => `${namespace}: ${after ?? 'restricted'}`);
    const [title, why] = stageWords[stage];
    return [
      {
        title: `${title} in ${open.length} ${open.length === 1 ? 'namespace' : 'namespaces'}`,
        why,
        commands: [migrate('labels', '--stage', stage, '--apply')],
        see: `${migrate()} has ${stage} under STAGE; workloads roll out as before.`,
        back: [migrate('labels', '--stage', stage, '--back', '--apply')],
        items: index === first ? levels : [],
      },
    ];
  });
}

function defaultsStep({cluster: {platform}}: MigrationPlan, {migrate}: RunbookWords): RunbookStep {
  const how =
    platform === undefined
      ? 'The API server is given the file by --admission-control-config-file.'
      : platform.configuration === undefined
        ? `${platform.name} does not take one: label each new namespace, or have a webhook do it.`
        : `${platform.name} takes it ${platform.configuration}.`;
  return {
    title: 'Give namespaces without labels a level',
    why: `New namespaces have no labels, and without a default everything is let in there. ${how}`,
    commands: [`${migrate('defaults')} > admission.yaml`],
    see: 'A privileged pod is refused in a new namespace.',
    back: ['Start the API server without the file.'],
    items: [],
  };
}

function pluginSteps(plan: MigrationPlan, {psp}: RunbookWords): readonly RunbookStep[] {
  if (!plan.hasPolicies) return [];
  const {platform} = plan.cluster;
  return [
    {
      title: 'Turn the admission plugin off',
      why:
        platform === undefined
          ? 'Take PodSecurityPolicy out of --enable-admission-plugins of every API server. Where that is depends on the platform, which nothing gives away here: --platform names it.'
          : `${platform.name}: ${platform.plugin.says}.`,
      commands: platform?.plugin.off ?? [],
      see: `${psp('check')} says that admission is off, and new pods come up.`,
      back:
        platform === undefined
          ? ['Put it back there.']
          : platform.plugin.on.length === 0
            ? ['The only way back is the version before.']
            : platform.plugin.on,
      items: [],
    },
  ];
}

function cleanupSteps({hasPolicies}: MigrationPlan, {psp}: RunbookWords): readonly RunbookStep[] {
  if (!hasPolicies) return [];
  return [
    {
      title: 'Delete policies and what only served them',
      why: 'Left behind, roles open policies again to the same subjects wherever somebody makes one of that name. It is refused while anything is judged by policies.',
      commands: [psp('migrate', 'cleanup'), psp('migrate', 'cleanup', '--apply')],
      see: `${psp('migrate', 'cleanup')} says that nothing is left.`,
      back: ['kubectl create -f psp-backup-FILE.yaml'],
      items: [],
    },
  ];
}

function bypassSteps({hasPolicies}: MigrationPlan, {psp}: RunbookWords): readonly RunbookStep[] {
  if (!hasPolicies) return [];
  const bypass = ['migrate', 'bypass', '-n', 'NAMESPACE'];
  return [
    {
      title: 'Let namespaces out of policies, one after the other',
      why: 'So a mistake shows in one namespace, and is taken back there, before the plugin is off everywhere.',
      commands: [psp(...bypass), psp(...bypass, '--apply')],
      see: 'It ends with the number of templates whose pods the server tried, and that all of them met only 0-psp-bypass. Roll a workload out and see that it runs.',
      back: [psp(...bypass, '--back', '--apply')],
      items: [],
    },
  ];
}

function upgradeSteps(
  {step, serverVersion}: MigrationPlan,
  {migrate}: RunbookWords,
): readonly RunbookStep[] {
  if ((minorOf(serverVersion) ?? 0) >= step.to) return [];
  return [
    {
      title: `Go to ${standardVersionText(step.to)}`,
      why: `${step.says}.`,
      commands: [],
      see: `${migrate()} says that nothing breaks on the way to the next version.`,
      back: ['A cluster does not go back a minor version: that takes its backup.'],
      items: [],
    },
  ];
}
