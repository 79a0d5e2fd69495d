import {controlById} from '../../controls/index.ts';
import type {Policy} from '../../kube/objects.ts';
import {admitsAllBound, closingCommand} from '../closing.ts';
import {kubectl, patch} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {policyReference} from '../words.ts';

const adminNames = ['*', 'ALL', 'SYS_ADMIN', 'CAP_SYS_ADMIN'];

/** Policies that are as good as privileged, and do not say so. */
export const escalationBesideAdmin = defineRule({
  id: 'escalation-beside-admin',
  severity: 'high',
  milder: 'low where nobody may use the policy.',
  title: 'Policies that allow SYS_ADMIN and privilege escalation, but call themselves unprivileged',
  why: 'SYS_ADMIN is nearly all of root: mounting, namespaces, the cgroups of the node. With privilege escalation allowed, any program of the image may gain it. Reviews that look for `privileged: true` miss such a policy.',
  remedy: 'Allow only the capabilities that are needed, and forbid privilege escalation.',
  needs: [],
  breadth: 'cluster',
  find: ({policies}) =>
    policies.flatMap(facts => {
      const {metadata, spec} = facts.policy;
      const given = [...(spec.allowedCapabilities ?? []), ...(spec.defaultAddCapabilities ?? [])];
      const admin = [...new Set(given.filter(name => adminNames.includes(name)))];
      const escalates = spec.allowPrivilegeEscalation ?? true;
      if (spec.privileged || admin.length === 0 || !escalates) return [];
      const fields = {
        allowedCapabilities: without(spec.allowedCapabilities),
        ...(spec.defaultAddCapabilities && {
          defaultAddCapabilities: without(spec.defaultAddCapabilities),
        }),
      };
      return [
        {
          object: policyReference(metadata.name),
          message: `allows ${admin.join(', ')} with privilege escalation: as good as privileged`,
          evidence: [
            `allowed or default capabilities: ${given.join(', ')}`,
            `allowPrivilegeEscalation: ${spec.allowPrivilegeEscalation ?? 'not set, so true'}`,
          ],
          controls: [controlById.capabilities, controlById.allowPrivilegeEscalation],
          remedy: closingCommand(facts, {spec: fields}, fields),
          severity: facts.isReachable ? undefined : 'low',
        },
      ];
    }),
});

/** Policies that allow what they make invalid. */
export const escalationContradiction = defineRule({
  id: 'escalation-contradiction',
  severity: 'medium',
  title: 'Policies that allow privileged containers or CAP_SYS_ADMIN, but turn escalation off',
  why: 'The API server refuses containers that are privileged, or add CAP_SYS_ADMIN, together with allowPrivilegeEscalation: false. The policy writes exactly that into pods that leave it unset, so what it seems to allow is denied, with an error that does not name the policy (pkg/apis/core/validation, v1.24).',
  remedy: 'Forbid the privileges, or allow escalation.',
  needs: [],
  breadth: 'cluster',
  find: ({policies}) =>
    policies.flatMap(facts => {
      const {metadata, spec} = facts.policy;
      const isOff =
        spec.allowPrivilegeEscalation === false || spec.defaultAllowPrivilegeEscalation === false;
      const open = openTo(facts.policy);
      if (!isOff || open.length === 0) return [];
      const object = policyReference(metadata.name);
      const closed = {privileged: false, allowedCapabilities: without(spec.allowedCapabilities)};
      return [
        {
          object,
          message: `allows ${open.join(' and ')}, but turns off the privilege escalation that goes with it`,
          evidence: [
            `allowPrivilegeEscalation: ${spec.allowPrivilegeEscalation ?? 'not set'}`,
            `defaultAllowPrivilegeEscalation: ${spec.defaultAllowPrivilegeEscalation ?? 'not set'}`,
          ],
          controls: [
            ...(spec.privileged ? [controlById.privileged] : []),
            ...(open.includes('CAP_SYS_ADMIN') ? [controlById.capabilities] : []),
            controlById.allowPrivilegeEscalation,
          ],
          remedy: admitsAllBound(facts, {...facts.policy, spec: {...spec, ...closed}})
            ? patch(object, {spec: closed})
            : kubectl('edit', object),
        },
      ];
    }),
});

function without(names: readonly string[] = []): readonly string[] {
  return names.filter(name => !adminNames.includes(name));
}

function openTo({spec}: Policy): readonly string[] {
  const given = [...(spec.allowedCapabilities ?? []), ...(spec.defaultAddCapabilities ?? [])];
  return [
    ...(spec.privileged ? ['privileged containers'] : []),
    ...(given.includes('CAP_SYS_ADMIN') || given.includes('*') ? ['CAP_SYS_ADMIN'] : []),
  ];
}
