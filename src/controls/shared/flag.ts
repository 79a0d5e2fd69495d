import {cel, celName} from '../../cel/cel.ts';
import {invalid} from '../../kube/fieldError.ts';
import type {PolicySpec} from '../../kube/objects.ts';
import type {PodView} from '../../kube/podView.ts';
import type {CelRules} from '../celFacet.ts';
import {
  type Control,
  type ControlId,
  defineControl,
  type Enforcement,
  withSpec,
} from '../control.ts';
import type {JudgedTemplate, PlannedStep} from '../hardening.ts';
import type {Wording} from '../objection.ts';
import type {Runtime} from '../runtime.ts';
import {flagField} from './fields.ts';

type FlagField = 'privileged' | 'hostNetwork' | 'hostPID' | 'hostIPC';

interface Flag {
  readonly id: FlagField & ControlId & keyof PolicySpec;
  readonly title: string;
  readonly risk: string;
  readonly allows: string;
  readonly neededBy: string;
  /** "privileged containers": what is allowed or forbidden. */
  readonly subject: string;
  uses(pod: PodView): boolean;
  /** The hooks for a policy that forbids it. */
  readonly forbid: Enforcement;
  /** The same in CEL. */
  readonly forbidInCel: CelRules;
  plan(pod: JudgedTemplate): readonly PlannedStep[];
  readonly runtime: Runtime;
}

/** A control that is one boolean of the policy: false forbids, true allows, nothing is filled in. */
export function defineFlag(flag: Flag): Control {
  const {id, title, risk, allows, neededBy, subject, uses, forbid} = flag;
  return defineControl<boolean>({
    id,
    title,
    risk,
    allows,
    neededBy,
    field: `/spec/${id}`,
    read: ({spec}) => spec[id] ?? false,
    write: (policy, allowed) => withSpec(policy, {[id]: allowed}),
    loosest: true,
    covers: (looser, stricter) => looser || !stricter,
    steps: allowed => [
      allowed
        ? {label: `forbid ${subject}`, value: false}
        : {label: `allow ${subject}`, value: true},
    ],
    enforce: allowed => (allowed ? undefined : forbid),
    least: pods => pods.some(uses),
    needs: pod => (uses(pod) ? [subject] : []),
    describe: allowed => (allowed ? 'allowed' : 'forbidden'),
    hardening: {plan: flag.plan},
    runtime: flag.runtime,
    cel: {rules: allowed => (allowed ? undefined : flag.forbidInCel)},
    builtin: {privileged: true, baseline: 'unset', restricted: 'unset'},
    fields: [flagField(title, 'forbidden', 'allowed')],
    level: allowed => (allowed ? 'privileged' : 'restricted'),
  });
}

/** What a policy that forbids it does with a pod that shares something with its node. */
export function forbidHostFlag(
  field: HostFlag,
  uses: (pod: PodView) => boolean,
  detail: string,
): Enforcement {
  const wording: Wording<true, undefined> = {
    error: value => invalid(`spec.securityContext.${field}`, value, detail),
    grounds: value => ({
      at: undefined,
      where: `spec.${field}`,
      does: `sets ${field}:`,
      value: String(value),
      allowed: 'false',
      fix: () => ({
        says: `remove ${field}: true`,
        edits: [{at: ['spec', field], value: undefined}],
      }),
    }),
  };
  return {
    pod(pod, report) {
      if (uses(pod)) report.object(wording, true, undefined, pod);
    },
  };
}

/** The same in CEL. */
export function hostFlagInCel(field: HostFlag): CelRules {
  return {
    pod: {
      unchanged: cel`!object.spec.?${celName(field)}.orValue(false)`,
      fault: cel`${`sets ${field}: true; allowed: false`}`,
    },
  };
}

type HostFlag = 'hostNetwork' | 'hostPID' | 'hostIPC';

/** The step for a pod that shares something with its node: a person has to decide about it. */
export function planHostFlag(field: HostFlag): readonly PlannedStep[] {
  return [
    {
      where: 'pod',
      asks: `uses ${field}`,
      says: `remove ${field}: true`,
      edits: [{kind: 'spec', field}],
    },
  ];
}
