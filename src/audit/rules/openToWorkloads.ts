import {labelOf} from '../../kube/reference.ts';
import {openness, policyLevel} from '../../policy/level.ts';
import type {Grant} from '../../rbac/authorize.ts';
import {granteesOf} from '../../rbac/grantee.ts';
import {leakNote} from '../../rbac/leaks.ts';
import type {AuditContext} from '../context.ts';
import type {Severity} from '../finding.ts';
import {kubectl, unbindCommand} from '../remedies.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

/** Grants that reach every workload, because controllers or all accounts have them. */
export const openToWorkloads = defineRule({
  id: 'open-to-workloads',
  severity: 'high',
  milder:
    'medium in one namespace, or for policies within the baseline standard; info where both apply. Policies within the restricted standard are meant for everybody.',
  title: 'Grants that open a policy to every workload',
  why: 'The pods of workloads are requested by controllers in kube-system. Granting a policy to them, to all service accounts or to all users grants it to everybody who may create a Deployment.',
  remedy:
    'Grant the policy to the service accounts that need it, and take it from this group or controller.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: context => context.authorizer.grants.flatMap(grant => leakOf(grant, context)),
});

function leakOf(grant: Grant, {policies}: AuditContext): readonly RuleFinding[] {
  const {binding, role} = grant;
  const leaks = granteesOf(grant).flatMap(subject => {
    const note = leakNote(subject, binding.namespace);
    return note === undefined ? [] : [{subject, note}];
  });
  const [leak] = leaks;
  const [worst] = policies
    .map(({policy}) => policy)
    .filter(({metadata}) => grant.policies === undefined || grant.policies.has(metadata.name))
    .sort((a, b) => openness(b) - openness(a));
  if (leak === undefined || worst === undefined) return [];
  const level = policyLevel(worst);
  const isWide = binding.namespace === undefined;
  if (level === 'restricted') return [];
  const name = worst.metadata.name;
  const opened = grant.policies === undefined ? 'every policy' : `policy ${name}`;
  const subjects = leaks.map(({subject}) => labelOf(subject)).join(', ');
  return [
    {
      object: rbacReference(binding),
      message: `opens ${opened} to ${isWide ? 'every workload' : 'every workload of its namespace'}, through ${subjects}`,
      evidence: [
        `${objectText(binding)} -> ${objectText(role)}`,
        `${name} is of level ${level}`,
        ...firstOf(leaks.map(({subject, note}) => `${labelOf(subject)}: ${note}`)),
      ],
      remedy:
        grant.policies === undefined
          ? kubectl('edit', rbacReference(binding))
          : unbindCommand(name, leak.subject, binding.namespace),
      severity: severityOf(level === 'privileged', isWide),
    },
  ];
}

function severityOf(isPrivileged: boolean, isWide: boolean): Severity {
  if (isPrivileged) return isWide ? 'high' : 'medium';
  return isWide ? 'medium' : 'info';
}
