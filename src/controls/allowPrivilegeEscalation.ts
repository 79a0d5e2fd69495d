import {always, cel} from '../cel/cel.ts';
import {type FieldError, invalid} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {fillsUnset} from './celFacet.ts';
import {defineControl, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep, setIn} from './hardening.ts';
import {inContainer, securityFieldOf, type Wording} from './objection.ts';
import {containerRuntime, yesOrNo} from './runtime.ts';
import {ofContainer} from './shared/celNames.ts';
import {choiceField} from './shared/fields.ts';
import {takesNoLinuxFields} from './shared/windows.ts';

interface Value {
  readonly allowed: boolean;
  /** What a container that sets nothing gets; undefined leaves it alone. */
  readonly fill: boolean | undefined;
}

const escalates = ofContainer('allowPrivilegeEscalation');
const open: Value = {allowed: true, fill: undefined};
const closed: Value = {allowed: false, fill: undefined};

/** Whether a process may gain more rights than its parent. The control includes the default for that. */
export const allowPrivilegeEscalation = defineControl<Value>({
  id: 'allowPrivilegeEscalation',
  title: 'Privilege escalation',
  risk: 'Through a setuid program in the image, whoever breaks in becomes root in the container.',
  allows:
    'Programs in containers may gain more rights than the program that started them, as sudo does.',
  neededBy: 'images that use sudo or other setuid programs; all privileged containers',
  field: '/spec/allowPrivilegeEscalation',

  // The API server defaults it to true (pkg/apis/policy/v1beta1/defaults.go).
  read: ({spec}) => ({
    allowed: spec.allowPrivilegeEscalation ?? true,
    fill: spec.defaultAllowPrivilegeEscalation,
  }),
  write: (policy, {allowed, fill}) =>
    withSpec(policy, {allowPrivilegeEscalation: allowed, defaultAllowPrivilegeEscalation: fill}),

  loosest: open,
  covers: (looser, stricter) =>
    looser.allowed ? looser.fill === undefined || isExplicit(stricter) : !stricter.allowed,
  steps: ({allowed, fill}) => [
    ...(allowed ? [{label: 'forbid privilege escalation', value: closed}] : []),
    ...(allowed && fill === undefined
      ? [{label: 'turn it off where a container does not say', value: {allowed, fill: false}}]
      : [{label: 'allow privilege escalation', value: open}]),
  ],

  enforce({allowed, fill}) {
    if (allowed && fill === undefined) return undefined;
    const filled = fill ?? allowed;
    return {
      container(container, pod, report) {
        const {allowPrivilegeEscalation: asked} = container;
        if (asked === undefined)
          report.fillContainer(container, 'allowPrivilegeEscalation', filled);
        if (!allowed && (asked ?? filled)) report.object(wording, true, container, pod);
      },
    };
  },
  validate: validateEscalation,

  least: pods => ({allowed: !pods.every(refusesEscalation), fill: undefined}),
  // The API server refuses pods that turn it off next to privileged or CAP_SYS_ADMIN, or for Windows, so
  // those stay open.
  leastFilling: pods => (pods.every(toleratesNoEscalation) ? closed : open),
  needs: pod => (refusesEscalation(pod) ? [] : ['allowPrivilegeEscalation is not false']),

  describe: ({allowed, fill}) =>
    [allowed ? 'allowed' : 'forbidden', ...(fill === undefined ? [] : [`default ${fill}`])].join(
      ', ',
    ),
  fields: [
    choiceField<Value>({
      label: 'Privilege escalation',
      choices: ['forbidden', 'allowed'],
      get: ({allowed}) => (allowed ? 'allowed' : 'forbidden'),
      set: (value, choice) => ({...value, allowed: choice === 'allowed'}),
    }),
    choiceField<Value>({
      label: 'Where a container does not say',
      choices: ['not set', 'false', 'true'],
      get: ({fill}) => (fill === undefined ? 'not set' : String(fill)),
      set: (value, choice) => ({
        ...value,
        fill: choice === 'not set' ? undefined : choice === 'true',
      }),
    }),
  ],
  hardening: {
    leavesUnsaid: pod =>
      pod.containers.some(container => container.allowPrivilegeEscalation === undefined),
    plan: planEscalation,
  },
  builtin: {privileged: open, baseline: open, restricted: closed},
  // Unset sets no no_new_privs (pkg/securitycontext/util.go, AddNoNewPrivileges).
  runtime: containerRuntime({
    ...yesOrNo,
    read: container => container.allowPrivilegeEscalation !== false,
  }),
  cel: {
    rules({allowed, fill}) {
      if (allowed && fill === undefined) return undefined;
      const says = allowed ? 'false or true' : 'false';
      return {
        container: {
          unchanged: allowed ? cel`${escalates}.hasValue()` : cel`!${escalates}.orValue(true)`,
          filled: allowed ? always : cel`!${escalates}.orValue(${fill ?? false})`,
          fault: cel`${escalates}.hasValue() ? 'sets allowPrivilegeEscalation: true; allowed: false' : ${`does not set allowPrivilegeEscalation; allowed: ${says}`}`,
        },
        writes: {allowPrivilegeEscalation: cel`${fill ?? allowed}`},
      };
    },
    patches: {
      allowPrivilegeEscalation: fillsUnset(
        ['container', 'allowPrivilegeEscalation'],
        cel`!${escalates}.hasValue()`,
      ),
    },
  },
  level: ({allowed}) => (allowed ? 'baseline' : 'restricted'),
});

const wording: Wording<true, ContainerView> = {
  error: (value, container) =>
    invalid(
      securityFieldOf(container, 'allowPrivilegeEscalation'),
      value,
      'Allowing privilege escalation for containers is not allowed',
    ),
  grounds: (value, container) => {
    const isGiven = container.allowPrivilegeEscalation === undefined;
    return {
      at: container,
      where: securityFieldOf(container, 'allowPrivilegeEscalation'),
      does: `${isGiven ? 'is given' : 'sets'} allowPrivilegeEscalation:`,
      value: String(value),
      allowed: 'false',
      fix: () => ({
        says: 'set allowPrivilegeEscalation: false',
        edits: [inContainer(container, 'allowPrivilegeEscalation', false)],
      }),
    };
  },
};

/** Whether only containers that set the field themselves get through unchanged. */
function isExplicit({allowed, fill}: Value): boolean {
  return !allowed || fill !== undefined;
}

function refusesEscalation(pod: PodView): boolean {
  return pod.containers.every(container => container.allowPrivilegeEscalation === false);
}

function toleratesNoEscalation(pod: PodView): boolean {
  return pod.containers.every(
    container =>
      container.allowPrivilegeEscalation === false ||
      (container.allowPrivilegeEscalation === undefined &&
        !takesNoLinuxFields(pod) &&
        !container.privileged &&
        !container.capabilitiesAdd.includes('CAP_SYS_ADMIN')),
  );
}

function validateEscalation({spec}: Policy): readonly FieldError[] {
  const contradicts =
    spec.defaultAllowPrivilegeEscalation && spec.allowPrivilegeEscalation === false;
  if (!contradicts) return [];
  return [
    invalid(
      'spec.defaultAllowPrivilegeEscalation',
      true,
      'Cannot set DefaultAllowPrivilegeEscalation to true without also setting AllowPrivilegeEscalation to true',
    ),
  ];
}

/**
 * The API server refuses a container that turns escalation off and is privileged or adds CAP_SYS_ADMIN
 * (pkg/apis/core/validation/validation.go, ValidateSecurityContext, v1.24): there, the step waits for those.
 */
function planEscalation({template}: JudgedTemplate): readonly PlannedStep[] {
  return containersIn(template).flatMap((place): readonly PlannedStep[] => {
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
        where: place.where,
        asks,
        says: `set allowPrivilegeEscalation: false${needsIt ? ', once it has neither' : ''}`,
        edits: [setIn(place, 'allowPrivilegeEscalation', false)],
      },
    ];
  });
}
