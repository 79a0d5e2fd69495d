import {invalid, notSupported} from '../kube/fieldError.ts';
import type {SELinuxOptions} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {defineControl, type Level, type ValueField, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep, setIn} from './hardening.ts';
import {podField, securityFieldOf, sharedField, type Wording} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {choiceField, namesField} from './shared/fields.ts';
import {unique} from './shared/names.ts';
import {seLinuxInCel} from './shared/seLinuxInCel.ts';
import {contextStates, runningContext} from './shared/seLinuxRuntime.ts';

/** There are options only under MustRunAs. */
interface Value {
  readonly rule: string;
  readonly options: SELinuxOptions | undefined;
}

const anyContext: Value = {rule: 'RunAsAny', options: undefined};
const rules = ['MustRunAs', 'RunAsAny'];
const parts = ['level', 'role', 'type', 'user'] as const;

/** No type, user or role of the pod's own. */
const noOptions: SELinuxOptions = {
  user: undefined,
  role: undefined,
  type: undefined,
  level: undefined,
};

/** Types that the baseline Pod Security Standard allows; unset is one of them. */
const confinedTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

/** A PodSecurityPolicy can't name several types, so the built-in policies allow pods to name none. */
const noContext: Value = {rule: 'MustRunAs', options: noOptions};

/** The SELinux context of pods and containers. */
export const seLinux = defineControl<Value>({
  id: 'seLinux',
  title: 'SELinux',
  risk: 'A pod that picks its own context can pick one that SELinux does not confine.',
  allows:
    'Pods may choose their SELinux context, the label by which the node decides what they can reach.',
  neededBy: 'node agents that reach files or processes of a node with SELinux',
  field: '/spec/seLinux',

  read({spec}) {
    const {rule = '', seLinuxOptions} = spec.seLinux ?? {};
    return {rule, options: rule === 'MustRunAs' ? plain(seLinuxOptions) : undefined};
  },
  write: (policy, {rule, options}) => withSpec(policy, {seLinux: {rule, seLinuxOptions: options}}),

  loosest: anyContext,
  covers(looser, stricter) {
    if (looser.rule === anyContext.rule || unusable(stricter)) return true;
    return (
      looser.options !== undefined &&
      stricter.options !== undefined &&
      mismatches(looser.options, stricter.options).length === 0
    );
  },
  steps: ({rule}) => [
    rule === anyContext.rule
      ? {label: "require the runtime's own context", value: noContext}
      : {label: 'allow any context', value: anyContext},
  ],

  enforce({options}) {
    if (options === undefined) return undefined;
    const wording = partWording(options);
    return {
      pod(pod, report) {
        const asked = pod.seLinuxOptions;
        if (asked === undefined) report.fillPod('seLinuxOptions', options);
        else {
          for (const part of mismatches(options, asked)) {
            report.object(wording, part, undefined, pod);
          }
        }
      },
      container(container, pod, report) {
        const asked = container.seLinuxOptions ?? pod.seLinuxOptions;
        if (asked === undefined) return;
        for (const part of mismatches(options, asked)) {
          report.object(wording, part, container, pod);
        }
      },
    };
  },
  unusable,
  validate: ({spec}) => {
    const rule = spec.seLinux?.rule ?? '';
    return rules.includes(rule) ? [] : [notSupported('spec.seLinux.rule', rule, rules)];
  },

  least(pods) {
    const [first] = pods.flatMap(contextsOf).sort(byWord); // of equal ones, always the same
    if (first === undefined || pods.some(pod => pod.seLinuxOptions === undefined))
      return anyContext;
    const agree = pods.flatMap(contextsOf).every(isSame(first));
    return agree ? {rule: 'MustRunAs', options: plain(first)} : anyContext;
  },
  needs: pod => unique(contextsOf(pod).map(options => `SELinux context ${word(options)}`)),

  describe: ({rule, options}) => (options ? `${rule} ${word(options)}` : rule),
  fields: [
    choiceField<Value>({
      label: 'Rule',
      choices: rules,
      get: ({rule}) => rule,
      set: (_, rule) => (rule === anyContext.rule ? anyContext : {rule, options: noOptions}),
    }),
    partField('user', 'User', 'system_u'),
    partField('role', 'Role', 'system_r'),
    partField('type', 'Type', 'container_t'),
    partField('level', 'Level', 's0:c123,c456'),
  ],
  hardening: {plan: planSeLinux},
  runtime: containerRuntime({...contextStates, read: runningContext}),
  builtin: {privileged: anyContext, baseline: noContext, restricted: noContext},
  cel: seLinuxInCel,
  level: ({options}): Level => {
    if (options === undefined || options.user || options.role) return 'privileged';
    return confinedTypes.includes(options.type ?? '') ? 'restricted' : 'privileged';
  },
});

type Part = (typeof parts)[number];

/** Of parts in which the context of a pod or container differs from the one that it must have. */
function partWording(options: SELinuxOptions): Wording<Part, ContainerView | undefined> {
  const partOf = (part: Part, container: ContainerView | undefined, pod: PodView) =>
    (container?.seLinuxOptions ?? pod.seLinuxOptions)?.[part] ?? '';
  return {
    error: (part, container, pod) => {
      const field = container
        ? securityFieldOf(container, 'seLinuxOptions')
        : 'spec.securityContext.seLinuxOptions';
      const actual = partOf(part, container, pod);
      return invalid(`${field}.${part}`, actual, `must be ${options[part] ?? ''}`);
    },
    grounds: (part, container, pod) => {
      const place = container
        ? sharedField(container, pod, 'seLinuxOptions')
        : podField('seLinuxOptions');
      return {
        at: container,
        where: `${place.where}.${part}`,
        does: `has SELinux ${part}`,
        value: partOf(part, container, pod) || 'unset',
        allowed: options[part] || 'unset',
        fix: () => place.fix('remove seLinuxOptions', undefined),
      };
    },
  };
}

/** Setting a part under another rule chooses MustRunAs. */
function partField(part: Part, label: string, hint: string): ValueField<Value> {
  return namesField<Value>({
    label,
    hint,
    choices: part === 'type' ? confinedTypes.filter(type => type !== '') : [],
    most: 1,
    items: ({options}) => (options?.[part] ? [options[part]] : []),
    set: (value, [name]) =>
      name === undefined && value.options === undefined
        ? value
        : {rule: 'MustRunAs', options: {...(value.options ?? noOptions), [part]: name}},
  });
}

/** The API server prints no empty parts. */
function plain(options: SELinuxOptions | undefined): SELinuxOptions | undefined {
  if (options === undefined) return undefined;
  const {user, role, type, level} = options;
  return {
    user: user || undefined,
    role: role || undefined,
    type: type || undefined,
    level: level || undefined,
  };
}

function unusable({rule, options}: Value): string | undefined {
  if (!rules.includes(rule)) return `Unrecognized SELinuxContext strategy type ${rule}`;
  return rule === 'MustRunAs' && options === undefined
    ? 'MustRunAs requires SELinuxOptions'
    : undefined;
}

/** All contexts that a pod names, on itself and on its containers. */
function contextsOf(pod: PodView): readonly SELinuxOptions[] {
  return [pod.seLinuxOptions, ...pod.containers.map(container => container.seLinuxOptions)].filter(
    options => options !== undefined,
  );
}

function isSame(expected: SELinuxOptions) {
  return (actual: SELinuxOptions) => mismatches(expected, actual).length === 0;
}

/** The parts in which two contexts differ, in the order in which Kubernetes compares them. */
function mismatches(expected: SELinuxOptions, actual: SELinuxOptions) {
  let different: Part[] | undefined;
  for (const part of parts) {
    const one = expected[part] ?? '';
    const other = actual[part] ?? '';
    if (one === other || (part === 'level' && sameLevel(one, other))) continue;
    different ??= [];
    different.push(part);
  }
  return different ?? noParts;
}

const noParts: readonly Part[] = [];

/** Categories may be in any order; ranges of them are not understood (selinux/mustrunas.go). */
function sameLevel(expected: string, actual: string): boolean {
  if (expected.length !== actual.length) return false;
  const [one, other] = [sortedLevel(expected), sortedLevel(actual)];
  return one !== undefined && one === other;
}

function sortedLevel(level: string): string | undefined {
  const colon = level.indexOf(':');
  if (colon < 0) return undefined;
  const categories = level.slice(colon + 1).split(',');
  return `${level.slice(0, colon)}:${categories.sort().join(',')}`;
}

function byWord(one: SELinuxOptions, other: SELinuxOptions): number {
  return word(one) < word(other) ? -1 : 1;
}

function word({user, role, type, level}: SELinuxOptions): string {
  return [user, role, type, level].map(part => part ?? '').join(':');
}

function planSeLinux({template}: JudgedTemplate): readonly PlannedStep[] {
  const pod = contextStep('pod', template.spec.securityContext?.seLinuxOptions);
  return [
    ...(pod === undefined
      ? []
      : [{...pod, edits: [{kind: 'pod', field: 'seLinuxOptions', value: null} as const]}]),
    ...containersIn(template).flatMap(place => {
      const step = contextStep(place.where, place.container.securityContext?.seLinuxOptions);
      if (step === undefined) return [];
      return [{...step, edits: [setIn(place, 'seLinuxOptions', null)]}];
    }),
  ];
}

function contextStep(
  where: string,
  options: SELinuxOptions | undefined,
): Omit<PlannedStep, 'edits'> | undefined {
  const {user = '', role = '', type = '', level = ''} = options ?? {};
  const context = [user, role, type, level];
  if (context.every(part => part === '')) return undefined;
  const isFine = user === '' && role === '' && confinedTypes.includes(type);
  return {
    where,
    asks: `has SELinux context ${context.join(':')}${isFine ? ', which the standard allows but the policy cannot' : ''}`,
    says: 'remove seLinuxOptions',
  };
}
