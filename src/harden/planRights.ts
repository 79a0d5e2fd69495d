import type {Planner, Step} from './step.ts';
import {containersIn, setIn} from './step.ts';

/** Drops are completed; capabilities that are added beyond the policy are for people to decide. */
export const planCapabilities: Planner = ({template}, {policy}) => {
  const {allowedCapabilities = [], requiredDropCapabilities = []} = policy.spec;
  return containersIn(template).flatMap((place): readonly Step[] => {
    const {add = [], drop = []} = place.container.securityContext?.capabilities ?? {};
    const step = {control: 'capabilities', where: place.where} as const;
    const beyond = [...new Set(add.filter(name => !allowedCapabilities.includes(name)))];
    const kept = add.filter(name => allowedCapabilities.includes(name));
    const missing = requiredDropCapabilities.filter(name => !drop.includes(name));
    return [
      ...(missing.length === 0
        ? []
        : [
            {
              ...step,
              asks: undefined,
              says: `drop capabilities: ${missing.join(', ')}`,
              edits: [setIn(place, 'capabilities', {drop: [...missing, ...drop]})],
            },
          ]),
      ...(beyond.length === 0
        ? []
        : [
            {
              ...step,
              asks: `adds ${beyond.join(', ')}`,
              says: `remove ${beyond.join(', ')} from capabilities.add`,
              edits: [setIn(place, 'capabilities', {add: kept})],
            },
          ]),
    ];
  });
};

/**
 * The API server refuses a container that turns escalation off and is privileged or adds CAP_SYS_ADMIN
 * (pkg/apis/core/validation/validation.go, ValidateSecurityContext, v1.24): there it waits for those.
 */
export const planEscalation: Planner = ({template}) =>
  containersIn(template).flatMap((place): readonly Step[] => {
    const {allowPrivilegeEscalation, privileged, capabilities} =
      place.container.securityContext ?? {};
    if (allowPrivilegeEscalation === false) return [];
    const needsIt = privileged === true || capabilities?.add?.includes('CAP_SYS_ADMIN');
    const asks = allowPrivilegeEscalation
      ? 'allows privilege escalation'
      : needsIt
        ? 'escalates privileges, as a privileged container or one with CAP_SYS_ADMIN does'
        : undefined;
    return [
      {
        control: 'allowPrivilegeEscalation',
        where: place.where,
        asks,
        says: `set allowPrivilegeEscalation: false${needsIt ? ', once it has neither' : ''}`,
        edits: [setIn(place, 'allowPrivilegeEscalation', false)],
      },
    ];
  });
