import type {FieldError} from '../kube/fieldError.ts';
import type {Policy, PolicySpec} from '../kube/objects.ts';
import type {ContainerView, PodView, VolumeView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {type CelFacet, onPolicies, type PolicyInCel} from './celFacet.ts';
import type {JudgedTemplate, PlannedStep} from './hardening.ts';
import type {Report} from './report.ts';
import type {Runtime} from './runtime.ts';

/** The controls of policy/v1beta1. The API is gone from v1.25 on, so this list is closed. */
export type ControlId =
  | 'privileged'
  | 'hostNetwork'
  | 'hostPID'
  | 'hostIPC'
  | 'hostPorts'
  | 'volumes'
  | 'allowedHostPaths'
  | 'allowedFlexVolumes'
  | 'allowedCSIDrivers'
  | 'runAsUser'
  | 'runAsGroup'
  | 'supplementalGroups'
  | 'fsGroup'
  | 'seLinux'
  | 'capabilities'
  | 'allowPrivilegeEscalation'
  | 'readOnlyRootFilesystem'
  | 'allowedProcMountTypes'
  | 'seccomp'
  | 'appArmor'
  | 'sysctls'
  | 'runtimeClass';

/** The Pod Security Standards of v1.24, from open to strict. */
export type Level = 'privileged' | 'baseline' | 'restricted';

/** A neighbouring value, and what choosing it means, as an imperative: "forbid host ports". */
export interface ValueStep<Value> {
  readonly label: string;
  readonly value: Value;
}

/** Something is wrong with what a person typed. */
export interface EntryProblem {
  readonly problem: string;
}

/** One part of a value that a person can set exactly. */
export interface ValueField<Value> {
  /** What it is: "Rule", "Ranges". */
  readonly label: string;
  /** `choice`: just one of the choices. `list`: any of them, and others that are typed. */
  readonly kind: 'choice' | 'list';
  readonly choices: readonly string[];
  /** What a typed entry looks like: "80 or 8000-8080". */
  readonly hint: string;
  /** The entries now; one for a choice. */
  get(value: Value): readonly string[];
  /** The value with these entries in place of the old ones, or what is wrong with one of them. */
  set(value: Value, entries: readonly string[]): Value | EntryProblem;
}

export function isProblem(value: unknown): value is EntryProblem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

/**
 * What admission does under one value of a control. Only the hooks that can do something are there.
 * Each fills gaps and checks what is then there; controls do not see what others fill in, because
 * none of them looks at another one's fields.
 */
export interface Enforcement {
  pod?(pod: PodView, report: Report): void;
  /** A volume that one control complains about is not shown to the next ones. */
  volume?(volume: VolumeView, pod: PodView, report: Report): void;
  container?(container: ContainerView, pod: PodView, report: Report): void;
}

/** Words for people. */
interface ControlWords {
  /** What to call it on a screen: "Host ports". */
  readonly title: string;
  /** One sentence: what a pod, or who breaks into it, can do if this is left open. */
  readonly risk: string;
  /** One sentence for people who don't know the field: what it lets pods do. */
  readonly allows: string;
  /** Who usually needs it open: "node agents, ingress controllers on bare metal". */
  readonly neededBy: string;
}

/** Where the value lives in a policy, and how people see and set it. */
interface ValuePlace<Value> {
  /** JSON pointer of the (main) field in a policy. */
  readonly field: string;
  /** The type of the volumes that it is about, as policies name it; absent if it is about others too. */
  readonly volumeType?: string;
  read(policy: Policy): Value;
  /** The policy with this value, spelled out, and nothing else changed. */
  write(policy: Policy, value: Value): Policy;
  /** The value as the end of "<title>: …", for example "80, 8000-8080". */
  describe(value: Value): string;
  /** The same for people, if it differs from what machines read. */
  describeForPeople?(value: Value): string;
  /** The parts of the value, to be set exactly. set() of get() changes nothing. */
  readonly fields: readonly ValueField<Value>[];
}

/**
 * How values compare: by the pods that they let through without changing them. There is always a
 * loosest value, but not a strictest one: nothing is below "user 5" or "user 7".
 */
interface ValueOrder<Value> {
  /** Lets every pod through and changes none. */
  readonly loosest: Value;
  /** Whether every pod that `stricter` lets through unchanged gets through `looser` unchanged too. */
  covers(looser: Value, stricter: Value, release: Release): boolean;
  /** Values a person may want next, tighter and looser alike; which is which follows from covers(). */
  steps(value: Value, release: Release): readonly ValueStep<Value>[];
}

/** What Kubernetes does with the value. */
interface ValueAdmission<Value> {
  /** undefined if this value can neither deny nor change a pod. */
  enforce(value: Value, release: Release): Enforcement | undefined;
  /** Why admission silently leaves the whole policy out (pkg/security/podsecuritypolicy/factory.go). */
  unusable?(value: Value): string | undefined;
  /** What the API server says about these fields on create and update (pkg/apis/policy/validation). */
  validate?(policy: Policy, release: Release): readonly FieldError[];
}

/** What pods need. */
interface PodNeeds<Value> {
  /**
   * A strictest value that lets all these pods through unchanged (except for what every value changes).
   * It must see all pods at once: what each needs by itself does not add up. A user for one and
   * non-root for another is non-root for both.
   */
  least(pods: NonEmpty<PodView>, release: Release): Value;
  /**
   * The same, but filling in fields that pods leave unset is allowed too, where that is the common
   * hardening. Absent if filling in does not help.
   */
  leastFilling?(pods: NonEmpty<PodView>, release: Release): Value;
  /** What this pod uses of the control, in words; none if it would fit under the strictest value. */
  needs(pod: PodView): readonly string[];
}

/** What has to change in a pod so that it can run under a built-in policy. */
export interface PodHardening<Value> {
  /**
   * Whether the pod leaves to the policy what the restricted standard wants the pod itself to set
   * (k8s.io/pod-security-admission v0.24, policy/check_*.go). Absent where the standard wants nothing
   * to be set, or where what is filled in holds anyway.
   */
  leavesUnsaid?(pod: PodView): boolean;
  /**
   * The steps for a template that does not meet the value. With `mustSay`, what leavesUnsaid() finds
   * has to be set as well.
   */
  plan(pod: JudgedTemplate, value: Value, mustSay: boolean): readonly PlannedStep[];
}

/** The value in the built-in policy of each level. */
export type BuiltinValues<Value> = Readonly<Record<Level, Value | 'unset'>>;

/** The built-in policies, and the Pod Security Standards that they stand for. */
interface ValueLevels<Value> {
  /**
   * The value in the built-in policy of each level: what the standard says, or stricter where a policy
   * can't express it (k8s.io/pod-security-admission v0.24, policy/check_*.go). `'unset'` leaves the fields
   * out: what that means is right for the level.
   */
  readonly builtin: BuiltinValues<Value> | ((release: Release) => BuiltinValues<Value>);
  /** The strictest Pod Security Standard that the value meets; absent if none mentions it. */
  level?(value: Value): Level;
}

/**
 * Everything the program knows about one control of a PodSecurityPolicy, a group for each use of it.
 * What every control must have is not optional, so a new group is not finished before all controls have it.
 *
 * `Value` is the control's part of a policy in its plainest form: read() turns "not set" into what
 * Kubernetes takes it for, so no other function here has to think of a missing field.
 *
 * What must hold between these functions for every control is in test/support/laws/controlLaws.ts.
 */
export interface ControlDefinition<Value>
  extends ControlWords,
    ValuePlace<Value>,
    ValueOrder<Value>,
    ValueAdmission<Value>,
    PodNeeds<Value>,
    ValueLevels<Value> {
  /** The file's name: the field of PodSecurityPolicySpec, or what several fields or annotations share. */
  readonly id: ControlId;
  /** `'allowed'` if every built-in policy lets through what pods ask for: then nothing has to change. */
  readonly hardening: PodHardening<Value> | 'allowed';
  /** What it lets a pod do at run time; the comment above it in each control names the source. */
  readonly runtime: Runtime;
  /** How admission policies ask the same on clusters that have no PodSecurityPolicy. */
  readonly cel: CelFacet<Value>;
}

/**
 * A control as the rest of the program sees it: the same functions, on whole policies. That hides
 * `Value`, so controls of different values fit in one list.
 */
export interface Control extends ControlWords {
  readonly id: ControlId;
  readonly field: string;
  readonly fields: readonly ValueField<Policy>[];
  /** Whether the value makes no difference: the policy lets in no volume that it is about. */
  isMoot(policy: Policy): boolean;
  covers(looser: Policy, stricter: Policy, release: Release): boolean;
  steps(policy: Policy, release: Release): readonly ValueStep<Policy>[];
  enforce(policy: Policy, release: Release): Enforcement | undefined;
  unusable(policy: Policy): string | undefined;
  validate(policy: Policy, release: Release): readonly FieldError[];
  /** The policy with this control as strict as the pods allow in the release that they are seen by. */
  fit(policy: Policy, pods: NonEmpty<PodView>, mayFill: boolean): Policy;
  /** The policy with this control as open as it can be. */
  open(policy: Policy): Policy;
  /** The policy `to` with this control taken from `from`. */
  copy(from: Policy, to: Policy): Policy;
  needs(pod: PodView): readonly string[];
  describe(policy: Policy): string;
  describeForPeople(policy: Policy): string;
  level(policy: Policy): Level | undefined;
  /** The policy with this control as in the built-in policy of the level. */
  hold(policy: Policy, level: Level, release: Release): Policy;
  leavesUnsaid(pod: PodView): boolean;
  /** The steps for a template that does not meet this control of the policy. */
  plan(pod: JudgedTemplate, policy: Policy, mustSay: boolean): readonly PlannedStep[];
  readonly runtime: Runtime;
  readonly cel: PolicyInCel;
}

/** For controls that no built-in policy sets: every one of them means what unset means. */
export const neverSet = {privileged: 'unset', baseline: 'unset', restricted: 'unset'} as const;

/** Turns a control of values into one of whole policies. */
export function defineControl<Value>(control: ControlDefinition<Value>): Control {
  const {id, title, risk, allows, neededBy, field, volumeType, read, write} = control;
  const hardening = control.hardening === 'allowed' ? undefined : control.hardening;
  return {
    id,
    title,
    risk,
    allows,
    neededBy,
    field,
    fields: control.fields.map(({get, set, ...rest}) => ({
      ...rest,
      get: policy => get(read(policy)),
      set(policy, entries) {
        const value = set(read(policy), entries);
        return isProblem(value) ? value : write(policy, value);
      },
    })),
    isMoot({spec: {volumes = []}}) {
      return volumeType !== undefined && !volumes.includes('*') && !volumes.includes(volumeType);
    },
    covers: (looser, stricter, release) => control.covers(read(looser), read(stricter), release),
    steps: (policy, release) =>
      control
        .steps(read(policy), release)
        .map(({label, value}) => ({label, value: write(policy, value)})),
    enforce: (policy, release) => control.enforce(read(policy), release),
    unusable: policy => control.unusable?.(read(policy)),
    validate: (policy, release) => control.validate?.(policy, release) ?? [],
    fit(policy, pods, mayFill) {
      const least = mayFill && control.leastFilling ? control.leastFilling : control.least;
      return write(policy, least(pods, pods[0].release));
    },
    open: policy => write(policy, control.loosest),
    copy: (from, to) => write(to, read(from)),
    needs: pod => control.needs(pod),
    describe: policy => control.describe(read(policy)),
    describeForPeople: policy => (control.describeForPeople ?? control.describe)(read(policy)),
    level: policy => control.level?.(read(policy)),
    hold(policy, level, release) {
      const {builtin} = control;
      const value = (typeof builtin === 'function' ? builtin(release) : builtin)[level];
      return value === 'unset' ? policy : write(policy, value);
    },
    leavesUnsaid: pod => hardening?.leavesUnsaid?.(pod) ?? false,
    plan: (pod, policy, mustSay) => hardening?.plan(pod, read(policy), mustSay) ?? [],
    runtime: control.runtime,
    cel: onPolicies(control.cel, read),
  };
}

/** For write(): the policy with these spec fields set, or removed where undefined. */
export function withSpec(policy: Policy, fields: Partial<PolicySpec>): Policy {
  return {...policy, spec: {...policy.spec, ...fields}};
}
