import {notSupported} from '../kube/fieldError.ts';
import type {Range} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {defineControl, withSpec} from './control.ts';
import {
  containersIn,
  type JudgedTemplate,
  type PlacedContainer,
  type PlannedStep,
  type PodEdit,
  setIn,
} from './hardening.ts';
import type {Report} from './report.ts';
import {containerRuntime} from './runtime.ts';
import {allIds, hasIds, rangeErrors} from './shared/idRanges.ts';
import {unique} from './shared/names.ts';
import {idFields} from './shared/rangeFields.ts';
import {clip, covers, format, includes, rangesOf} from './shared/ranges.ts';
import {userInCel} from './shared/userInCel.ts';
import {mayBeRootWording, rangesWording, rootWording} from './shared/userWording.ts';

/** Ranges only mean something under MustRunAs; for the other rules, the list is empty. */
interface Value {
  readonly rule: string;
  readonly ranges: readonly Range[];
}

const anyUser: Value = {rule: 'RunAsAny', ranges: []};
const nonRoot: Value = {rule: 'MustRunAsNonRoot', ranges: []};
const mustRunAs = (ranges: readonly Range[]): Value => ({rule: 'MustRunAs', ranges});
const rules = ['MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'];

/** The users that containers may run as. */
export const runAsUser = defineControl<Value>({
  id: 'runAsUser',
  title: 'User',
  risk: 'Root in a container that breaks out is root on the node.',
  allows: 'The processes of containers may run as these users.',
  neededBy:
    'images whose programs start as root or as a fixed user: many databases and web servers',
  field: '/spec/runAsUser',

  read({spec}) {
    const {rule = '', ranges = []} = spec.runAsUser ?? {};
    return {rule, ranges: rule === 'MustRunAs' ? ranges : []};
  },
  write: (policy, {rule, ranges}) =>
    withSpec(policy, {runAsUser: {rule, ranges: rule === 'MustRunAs' ? ranges : undefined}}),

  loosest: anyUser,
  covers(looser, stricter) {
    if (looser.rule === anyUser.rule || unusable(stricter)) return true;
    if (stricter.rule === 'MustRunAs' && !hasIds(stricter.ranges)) return true;
    // MustRunAs does not look at runAsNonRoot: false, the other rule does; the other one also lets
    // containers through that name no user.
    if (looser.rule === nonRoot.rule) return stricter.rule === nonRoot.rule;
    return stricter.rule === 'MustRunAs' && covers(looser.ranges, clip(stricter.ranges, allIds));
  },
  steps: ({rule, ranges}) => [
    ...(ranges.length > 1
      ? ranges.map((range, index) => ({
          label: `forbid ${format([range])}`,
          value: mustRunAs(ranges.filter((_, other) => other !== index)),
        }))
      : []),
    ...(rule === nonRoot.rule ? [] : [{label: 'forbid root', value: nonRoot}]),
    ...(rule === anyUser.rule ? [] : [{label: 'allow any user', value: anyUser}]),
  ],

  enforce({rule, ranges}) {
    if (rule === 'MustRunAs') return enforceRanges(ranges);
    return rule === 'MustRunAsNonRoot' ? {container: enforceNonRoot} : undefined;
  },
  unusable,
  validate: ({spec}) => {
    const {rule = '', ranges} = spec.runAsUser ?? {};
    return [
      ...(rules.includes(rule) ? [] : [notSupported('spec.runAsUser.rule', rule, rules)]),
      ...rangeErrors('spec.runAsUser.ranges', ranges),
    ];
  },

  least(pods) {
    const containers = pods.flatMap(pod => pod.containers);
    const users = containers.flatMap(({runAsUser}) => runAsUser ?? []);
    if (users.length === containers.length && users.length > 0) return mustRunAs(rangesOf(users));
    return containers.every(isNonRoot) ? nonRoot : anyUser;
  },
  leastFilling: pods =>
    pods.every(pod => pod.containers.every(toleratesNonRoot)) ? nonRoot : anyUser,
  needs: pod =>
    unique(
      pod.containers.map(container => {
        const {runAsUser: user, runAsNonRoot} = container;
        if (user !== undefined) return `user ${user}`;
        return runAsNonRoot ? 'a user that only the image names, not root' : 'any user';
      }),
    ),

  describe: ({rule, ranges}) => [rule, format(ranges, ', ')].filter(Boolean).join(' '),
  fields: idFields('user', rules, ['MustRunAs']),
  hardening: {leavesUnsaid: mayBeRoot, plan: planUser},
  builtin: {privileged: anyUser, baseline: anyUser, restricted: nonRoot},
  // Unset is the user that the image names, who may be root; with runAsNonRoot the kubelet starts no
  // container as root (pkg/kubelet/kuberuntime/security_context_others.go, verifyRunAsNonRoot).
  runtime: containerRuntime({
    read: runningUser,
    // Which of two users owns more is not known, except for root.
    atMost: (one, other) =>
      one === other || other === root || (one !== root && other === imageUser),
    says: user => user,
  }),
  cel: userInCel,
  level: ({rule}) => (rule === nonRoot.rule ? 'restricted' : 'baseline'),
});

const root = '0';
const imageUser = "the image's";
const imageNonRoot = "the image's, not root";

/** The user that a container runs as, in words. */
function runningUser({runAsUser: user, runAsNonRoot}: ContainerView): string {
  if (user !== undefined && !(runAsNonRoot && Number(user) === 0)) return String(user);
  return runAsNonRoot ? imageNonRoot : imageUser;
}

function unusable({rule, ranges}: Value): string | undefined {
  if (!rules.includes(rule)) return `Unrecognized RunAsUser strategy type ${rule}`;
  return rule === 'MustRunAs' && ranges.length === 0
    ? 'MustRunAs requires at least one range'
    : undefined;
}

function enforceRanges(ranges: readonly Range[]) {
  const filled = ranges[0]?.min ?? 0;
  const wording = rangesWording(ranges);
  return {
    container(container: ContainerView, pod: PodView, report: Report) {
      const {runAsUser: asked} = container;
      if (asked === undefined) report.fillContainer(container, 'runAsUser', filled);
      if (!includes(ranges, asked ?? filled)) {
        report.object(wording, asked ?? filled, container, pod);
      }
    },
  };
}

function enforceNonRoot(container: ContainerView, pod: PodView, report: Report): void {
  const {runAsUser: user, runAsNonRoot} = container;
  if (runAsNonRoot === undefined && user === undefined) {
    report.fillContainer(container, 'runAsNonRoot', true);
  } else if (runAsNonRoot === false) report.object(mayBeRootWording, false, container, pod);
  else if (user === 0) report.object(rootWording, user, container, pod);
}

/** Whether MustRunAsNonRoot lets the container through unchanged. */
function isNonRoot({runAsUser: user, runAsNonRoot}: ContainerView): boolean {
  return user !== 0 && (runAsNonRoot ?? user !== undefined);
}

function toleratesNonRoot({runAsUser: user, runAsNonRoot}: ContainerView): boolean {
  return user !== 0 && runAsNonRoot !== false;
}

/**
 * In these, the standard is stricter than what a policy can express: it wants runAsNonRoot even next to a
 * user, and looks at the pod's own fields even if every container has others (check_runAsNonRoot.go and
 * check_runAsUser.go, v0.24).
 */
function mayBeRoot({pod, containers}: PodView): boolean {
  const own = pod.spec.securityContext;
  return (
    own?.runAsUser === 0 ||
    own?.runAsNonRoot === false ||
    containers.some(({runAsNonRoot}) => runAsNonRoot !== true)
  );
}

/**
 * Non-root, set once for the pod if that contradicts no container, else by container. What says root or
 * `runAsNonRoot: false` is for people to decide: the image has to work with another user.
 */
function planUser({template}: JudgedTemplate): readonly PlannedStep[] {
  const {runAsUser, runAsNonRoot} = template.spec.securityContext ?? {};
  const containers = containersIn(template);
  const pod = podDecision(runAsUser === 0, runAsNonRoot);
  const decided = containers.flatMap(place =>
    containerDecision(place, pod !== undefined, runAsNonRoot),
  );
  const covered = pod !== undefined || runAsNonRoot === true;
  const silent = covered ? [] : containers.filter(isSilent);
  const anyRoot = silent.some(isRoot);
  const changes: readonly PlannedStep[] =
    silent.length === 0
      ? []
      : anyRoot
        ? silent.filter(place => !isRoot(place)).map(nonRootIn)
        : [nonRootPod];
  return [...changes, ...(pod === undefined ? [] : [pod]), ...decided];
}

const nonRootPod: PlannedStep = {
  where: 'pod',
  asks: undefined,
  says: 'set runAsNonRoot: true',
  edits: [{kind: 'pod', field: 'runAsNonRoot', value: true}],
};

function nonRootIn(place: PlacedContainer): PlannedStep {
  return {
    where: place.where,
    asks: undefined,
    says: 'set runAsNonRoot: true',
    edits: [setIn(place, 'runAsNonRoot', true)],
  };
}

/** Whether a container leaves it to the pod whether it may be root. */
function isSilent({container}: PlacedContainer): boolean {
  return container.securityContext?.runAsNonRoot === undefined;
}

function isRoot({container}: PlacedContainer): boolean {
  return container.securityContext?.runAsUser === 0;
}

function podDecision(
  isRootUser: boolean,
  runAsNonRoot: boolean | undefined,
): PlannedStep | undefined {
  if (!isRootUser && runAsNonRoot !== false) return undefined;
  const edits: readonly PodEdit[] = [
    ...(isRootUser ? [{kind: 'pod', field: 'runAsUser', value: null} as const] : []),
    ...(runAsNonRoot === true ? [] : [{kind: 'pod', field: 'runAsNonRoot', value: true} as const]),
  ];
  return {where: 'pod', ...words(isRootUser), edits};
}

function containerDecision(
  place: PlacedContainer,
  podDecides: boolean,
  podNonRoot: boolean | undefined,
): readonly PlannedStep[] {
  const own = place.container.securityContext?.runAsNonRoot;
  if (!isRoot(place) && own !== false) return [];
  const inherits = own === undefined && (podDecides || podNonRoot === true);
  const edits = [
    ...(isRoot(place) ? [setIn(place, 'runAsUser', null)] : []),
    ...(own === true || inherits ? [] : [setIn(place, 'runAsNonRoot', true)]),
  ];
  return [{where: place.where, ...words(isRoot(place)), edits}];
}

function words(isRootUser: boolean): Pick<PlannedStep, 'asks' | 'says'> {
  return isRootUser
    ? {
        asks: 'runs as root (runAsUser: 0)',
        says: 'name another user that the image works with, or remove runAsUser, and set runAsNonRoot: true',
      }
    : {asks: 'says runAsNonRoot: false', says: 'set runAsNonRoot: true'};
}
