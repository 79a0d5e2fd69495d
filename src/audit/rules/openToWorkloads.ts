import type {Policy} from '../../kube/objects.ts';
import {labelOf} from '../../kube/reference.ts';
import {controlNames, dangersOf} from '../../policy/danger.ts';
import {levelText, openness} from '../../policy/level.ts';
import type {Grant} from '../../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../../rbac/grantee.ts';
import {leakNote} from '../../rbac/leaks.ts';
import type {AuditContext} from '../context.ts';
import {narrowingCommand} from '../narrowing.ts';
import {commandLine, kubectl} from '../remedies.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

const system = 'kube-system';

/** Grants that reach every workload, because controllers or all accounts have them. */
export const openToWorkloads = defineRule({
  id: 'open-to-workloads',
  severity: 'high',
  milder: 'medium in one namespace.',
  title: 'Grants that open a policy beyond baseline to every workload',
  why: "The pods of workloads are requested by controllers in kube-system. Granting a policy to them, to all service accounts or to all users grants it to everybody who may create a Deployment. What counts are controls by which pods get hold of their node: privileged, the host's network, processes, IPC and ports, hostPath volumes and capabilities beyond the baseline standard. A grant in kube-system alone is left out: who may create pods there is an admin.",
  remedy:
    'Grant the policy to the service accounts that need it, and take it from this group or controller.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: context => context.authorizer.grants.flatMap(grant => leakOf(grant, context)),
});

/** Grants that reach all accounts of one namespace, or people. */
export const openToMany = defineRule({
  id: 'open-to-many',
  severity: 'medium',
  milder: 'low for groups of people, who may be meant to have it.',
  title: 'Grants that open a policy beyond baseline to a namespace or to a group of people',
  why: 'All service accounts of a namespace are those of all who may create pods there, and of whoever breaks into one of them. A group of people has the policy for every pod that one of them creates. What counts are the controls of [`open-to-workloads`](#open-to-workloads).',
  remedy: 'Grant the policy to the service accounts that need it, and take it from the group.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: context => context.authorizer.grants.flatMap(grant => spreadOf(grant, context)),
});

function leakOf(grant: Grant, context: AuditContext): readonly RuleFinding[] {
  const {binding} = grant;
  if (binding.namespace === system) return [];
  const leaks = granteesOf(grant).flatMap(subject => {
    const note = leakNote(subject, binding.namespace);
    return note === undefined ? [] : [{subject, note}];
  });
  const worst = worstOf(grant, context);
  if (leaks.length === 0 || worst === undefined) return [];
  const isWide = binding.namespace === undefined;
  const where = isWide ? 'every workload' : 'every workload of its namespace';
  const subjects = leaks.map(({subject}) => subject);
  return [
    {
      object: rbacReference(binding),
      message: `opens ${openedText(grant, worst)} to ${where}, through ${subjectsText(subjects)}`,
      evidence: [
        ...evidenceOf(grant, worst),
        ...firstOf(leaks.map(({subject, note}) => `${labelOf(subject)}: ${note}`)),
      ],
      controls: dangersOf(worst),
      remedy: remedyFor(grant, subjects, worst, context, {mayMove: isWide}),
      severity: isWide ? undefined : 'medium',
    },
  ];
}

function spreadOf(grant: Grant, context: AuditContext): readonly RuleFinding[] {
  const {binding} = grant;
  const worst = worstOf(grant, context);
  const spread = granteesOf(grant).filter(
    subject => leakNote(subject, binding.namespace) === undefined && isMany(subject),
  );
  if (worst === undefined || spread.length === 0) return [];
  const isPeople = spread.every(({name}) => !name.startsWith('system:'));
  // A role for everything is what admins have.
  if (isPeople && grant.policies === undefined) return [];
  return [
    {
      object: rbacReference(binding),
      message: `opens ${openedText(grant, worst)} to ${subjectsText(spread)}`,
      evidence: evidenceOf(grant, worst),
      controls: dangersOf(worst),
      remedy: remedyFor(grant, spread, worst, context),
      severity: isPeople ? 'low' : undefined,
    },
  ];
}

/** All accounts of a namespace but kube-system, or a group that is none of Kubernetes' own. */
function isMany({kind, name}: Grantee): boolean {
  if (kind !== 'Group') return false;
  const [, namespace] = /^system:serviceaccounts:(.+)$/.exec(name) ?? [];
  return namespace === undefined ? !name.startsWith('system:') : namespace !== system;
}

/** The policy that gives pods most hold on their node, of those that a grant opens; undefined if none does. */
function worstOf({policies: named}: Grant, {policies}: AuditContext): Policy | undefined {
  const [worst] = policies
    .filter(({prepared}) => prepared.unusable === undefined)
    .map(({policy}) => policy)
    .filter(({metadata}) => named?.has(metadata.name) ?? true)
    .filter(policy => dangersOf(policy).length > 0)
    .sort((a, b) => openness(b) - openness(a));
  return worst;
}

function openedText({policies}: Grant, worst: Policy): string {
  const what = policies === undefined ? 'every policy' : `policy ${worst.metadata.name}`;
  return `${what} (${controlNames(dangersOf(worst))})`;
}

function evidenceOf({binding, role}: Grant, worst: Policy): readonly string[] {
  return [
    `${objectText(binding)} -> ${objectText(role)}`,
    `${worst.metadata.name} is of level ${levelText(worst)}`,
  ];
}

function subjectsText(subjects: readonly Grantee[]): string {
  return subjects.map(labelOf).join(', ');
}

function remedyFor(
  grant: Grant,
  subjects: readonly Grantee[],
  worst: Policy,
  context: AuditContext,
  options: {readonly mayMove?: boolean} = {},
): string {
  const narrowed = narrowingCommand(grant, subjects, context, options);
  if (narrowed !== undefined) return narrowed;
  if (grant.policies === undefined) return kubectl('edit', rbacReference(grant.binding));
  return commandLine('kubectl', 'psp', 'who-can', 'use', worst.metadata.name, '-A', '--expand');
}
