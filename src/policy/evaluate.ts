import type {Control, ControlId, Enforcement} from '../controls/control.ts';
import {controlById, controls} from '../controls/index.ts';
import type {Objection} from '../controls/objection.ts';
import {Report} from '../controls/report.ts';
import {dnsSubdomainProblems} from '../controls/shared/names.ts';
import type {Edit} from '../kube/edits.ts';
import {type FieldError, invalid, required} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {annotationKeyErrors, labelErrors} from './labelErrors.ts';

/**
 * The order in which Kubernetes reports (pkg/security/podsecuritypolicy/provider.go, ValidatePod). It
 * decides the order of errors, nothing else.
 */
const order = {
  podBeforeVolumes: [
    'fsGroup',
    'supplementalGroups',
    'seccomp',
    'seLinux',
    'hostNetwork',
    'hostPID',
    'hostIPC',
    'sysctls',
  ],
  volume: ['volumes', 'allowedHostPaths', 'allowedFlexVolumes', 'allowedCSIDrivers'],
  podAfterVolumes: ['runtimeClass'],
  container: [
    'runAsUser',
    'runAsGroup',
    'seLinux',
    'appArmor',
    'seccomp',
    'privileged',
    'allowedProcMountTypes',
    'capabilities',
    'hostPorts',
    'readOnlyRootFilesystem',
    'allowPrivilegeEscalation',
  ],
  /** factory.go, CreateStrategies. */
  unusable: ['runAsUser', 'runAsGroup', 'seLinux', 'fsGroup', 'supplementalGroups'],
  /** pkg/apis/policy/validation/validation.go, ValidatePodSecurityPolicy. */
  validation: [
    'appArmor',
    'seccomp',
    'runAsUser',
    'runAsGroup',
    'seLinux',
    'supplementalGroups',
    'fsGroup',
    'volumes',
    'capabilities',
    'allowPrivilegeEscalation',
    'allowedProcMountTypes',
    'allowedHostPaths',
    'allowedFlexVolumes',
    'allowedCSIDrivers',
    'sysctls',
    'runtimeClass',
  ],
} as const satisfies Readonly<Record<string, readonly ControlId[]>>;

/** A policy prepared for judging pods: once per policy, not once per pod. */
export interface PreparedPolicy {
  readonly policy: Policy;
  /** The one by whose rules it judges. */
  readonly release: Release;
  readonly name: string;
  /** Why admission silently leaves the policy out; undefined if it does not. */
  readonly unusable: string | undefined;
  readonly podBeforeVolumes: readonly NonNullable<Enforcement['pod']>[];
  readonly volume: readonly NonNullable<Enforcement['volume']>[];
  readonly podAfterVolumes: readonly NonNullable<Enforcement['pod']>[];
  readonly container: readonly NonNullable<Enforcement['container']>[];
}

/** What one policy alone says about one pod. */
export interface Evaluation {
  /** Whether the policy fills gaps of the pod. */
  readonly mutates: boolean;
  /** In Kubernetes' order; none if the pod passes. */
  readonly errors: readonly Objection[];
}

export function preparePolicy(policy: Policy, release: Release): PreparedPolicy {
  const enforcements = new Map(
    controls.map(control => [control.id, control.enforce(policy, release)]),
  );
  const hooks = <K extends keyof Enforcement>(ids: readonly ControlId[], kind: K) =>
    ids.flatMap(id => enforcements.get(id)?.[kind] ?? []) as readonly NonNullable<Enforcement[K]>[];
  return {
    policy,
    release,
    name: policy.metadata.name,
    unusable: whyUnusable(policy),
    podBeforeVolumes: hooks(order.podBeforeVolumes, 'pod'),
    volume: hooks(order.volume, 'volume'),
    podAfterVolumes: hooks(order.podAfterVolumes, 'pod'),
    container: hooks(order.container, 'container'),
  };
}

/** Why admission silently leaves a policy out; undefined if it does not. */
export function whyUnusable(policy: Policy): string | undefined {
  const reasons = new Set(order.unusable.flatMap(id => controlById[id].unusable(policy) ?? []));
  const reason = [...reasons].join(', ') || undefined;
  return reasons.size > 1 ? `[${reason}]` : reason;
}

export function evaluate(policy: PreparedPolicy, pod: PodView): Evaluation {
  const report = new Report('errors');
  run(policy, pod, report);
  return report;
}

/** Whether the policy lets the pod through without changing it: only that, but faster. */
export function admitsUnchanged(policy: PreparedPolicy, pod: PodView): boolean {
  const report = new Report('anything');
  run(policy, pod, report);
  return !report.answered;
}

/** What the policy would write into the gaps of the pod. */
export function editsOf(policy: PreparedPolicy, pod: PodView): readonly Edit[] {
  const report = new Report('edits');
  run(policy, pod, report);
  return report.edits;
}

/** The controls of a policy that by themselves object to the pod, or write into it. */
export function controlsBehind(
  what: 'errors' | 'edits',
  policy: Judging,
  pod: PodView,
): readonly Control[] {
  return controls.filter(control => isBehind(what, control, policy, pod));
}

/** A policy, and the release by whose rules it judges. */
type Judging = Pick<PreparedPolicy, 'policy' | 'release'>;

/** Whether one control of a policy by itself objects to the pod, or writes into it. */
export function isBehind(
  what: 'errors' | 'edits',
  control: Control,
  {policy, release}: Judging,
  pod: PodView,
): boolean {
  const hooks = control.enforce(policy, release);
  const report = new Report(what);
  hooks?.pod?.(pod, report);
  for (const volume of pod.volumes) hooks?.volume?.(volume, pod, report);
  for (const container of pod.containers) hooks?.container?.(container, pod, report);
  for (const container of pod.unchecked) {
    report.onlyFills(() => hooks?.container?.(container, pod, report));
  }
  return report[what].length > 0;
}

function run(policy: PreparedPolicy, pod: PodView, report: Report): void {
  for (const hook of policy.podBeforeVolumes) {
    hook(pod, report);
    if (report.answered) return;
  }
  if (policy.volume.length > 0) {
    for (const volume of pod.volumes) {
      const before = report.errors.length;
      for (const hook of policy.volume) {
        hook(volume, pod, report);
        if (report.answered) return;
        if (report.errors.length > before) break; // what is forbidden is not examined any further
      }
    }
  }
  for (const hook of policy.podAfterVolumes) hook(pod, report);
  for (const container of pod.containers) {
    for (const hook of policy.container) {
      hook(container, pod, report);
      if (report.answered) return;
    }
  }
  if (pod.unchecked.length > 0) runUnchecked(policy, pod, report);
}

/** In a function of its own: one that its closures share with run() would make every run slower. */
function runUnchecked(policy: PreparedPolicy, pod: PodView, report: Report): void {
  for (const container of pod.unchecked) {
    for (const hook of policy.container) report.onlyFills(() => hook(container, pod, report));
  }
}

/** What the API server of a release says about a policy that is created. */
export function policyErrors(policy: Policy, release: Release): readonly FieldError[] {
  return [
    ...nameErrors(policy.metadata.name, release),
    ...labelErrors(policy.metadata.labels ?? {}, release),
    ...annotationKeyErrors(policy.metadata.annotations ?? {}, release),
    ...order.validation.flatMap(id => controlById[id].validate(policy, release)),
  ];
}

function nameErrors(name: string, release: Release): readonly FieldError[] {
  if (name === '') return [required('metadata.name', 'name or generateName is required')];
  return dnsSubdomainProblems(name, release).map(problem =>
    invalid('metadata.name', name, problem),
  );
}

/** Feature gates of the API server that change what policies mean; the defaults are v1.24's. */
export interface FeatureGates {
  readonly ProcMountType?: boolean;
  readonly CSIInlineVolume?: boolean;
}

/**
 * A policy from a file as the API server would store it: without the fields of features that are off
 * (pkg/api/podsecuritypolicy/util.go, DropDisabledFields). A policy that it has stored needs no such step.
 */
export function storedPolicy(policy: Policy, gates: FeatureGates = {}): Policy {
  const {ProcMountType = false, CSIInlineVolume = true} = gates;
  const {allowedProcMountTypes, allowedCSIDrivers} = policy.spec;
  if (
    (ProcMountType || allowedProcMountTypes === undefined) &&
    (CSIInlineVolume || allowedCSIDrivers === undefined)
  ) {
    return policy;
  }
  return {
    ...policy,
    spec: {
      ...policy.spec,
      allowedProcMountTypes: ProcMountType ? allowedProcMountTypes : undefined,
      allowedCSIDrivers: CSIInlineVolume ? allowedCSIDrivers : undefined,
    },
  };
}
