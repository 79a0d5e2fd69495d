import {type FieldError, GoLiteral, invalid} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {Policy} from '../kube/objects.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import {defineControl, type Enforcement, type Level, type ValueField, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep, setIn} from './hardening.ts';
import {type Fix, inContainer, securityFieldOf, type Wording} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {baselineCapabilities} from './shared/baselineCapabilities.ts';
import {capabilitiesInCel} from './shared/capabilitiesInCel.ts';
import {fillCapabilities} from './shared/capabilityFilling.ts';
import {capabilityStates, heldCapabilities} from './shared/capabilityRuntime.ts';
import {namesField} from './shared/fields.ts';
import {containsAll, shorter, unique} from './shared/names.ts';
import {takesNoLinuxFields} from './shared/windows.ts';

interface Value {
  /** What containers may add; `*` is everything, and then drops are not checked either. */
  readonly allowed: readonly string[];
  /** Added to containers that don't drop them. */
  readonly defaultAdd: readonly string[];
  /** Dropped from all containers. */
  readonly requiredDrop: readonly string[];
}

const open: Value = {allowed: ['*'], defaultAdd: [], requiredDrop: []};
const none: Value = {allowed: [], defaultAdd: [], requiredDrop: []};

/** All capabilities of Linux, without `CAP_` (include/uapi/linux/capability.h in 5.9 and later). */
// biome-ignore format: names, several a line
const known = [
  'AUDIT_CONTROL', 'AUDIT_READ', 'AUDIT_WRITE', 'BLOCK_SUSPEND', 'BPF', 'CHECKPOINT_RESTORE',
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'IPC_LOCK', 'IPC_OWNER',
  'KILL', 'LEASE', 'LINUX_IMMUTABLE', 'MAC_ADMIN', 'MAC_OVERRIDE', 'MKNOD', 'NET_ADMIN',
  'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_RAW', 'PERFMON', 'SETFCAP', 'SETGID', 'SETPCAP',
  'SETUID', 'SYSLOG', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_CHROOT', 'SYS_MODULE', 'SYS_NICE',
  'SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG',
  'WAKE_ALARM',
];

/** The capabilities that containers may add, are given, and must drop. */
export const capabilities = defineControl<Value>({
  id: 'capabilities',
  title: 'Capabilities',
  risk: 'Some capabilities amount to root on the node (SYS_ADMIN, SYS_MODULE, SYS_PTRACE).',
  allows:
    'Containers may have these parts of the rights of root, such as changing network settings.',
  neededBy:
    'network plugins (NET_ADMIN), web servers on ports below 1024 (NET_BIND_SERVICE), debuggers (SYS_PTRACE)',
  field: '/spec/allowedCapabilities',

  read: ({spec}) => ({
    allowed: spec.allowedCapabilities ?? [],
    defaultAdd: spec.defaultAddCapabilities ?? [],
    requiredDrop: spec.requiredDropCapabilities ?? [],
  }),
  write: (policy, {allowed, defaultAdd, requiredDrop}) =>
    withSpec(policy, {
      allowedCapabilities: allowed,
      defaultAddCapabilities: defaultAdd.length > 0 ? defaultAdd : undefined,
      requiredDropCapabilities: requiredDrop,
    }),

  loosest: open,
  // Only containers that already add or drop what a policy adds by default go through unchanged;
  // those that must drop it do.
  covers: (looser, stricter) =>
    (looser.allowed.includes('*') ||
      (!stricter.allowed.includes('*') && containsAll(mayAdd(looser), mayAdd(stricter)))) &&
    containsAll(stricter.requiredDrop, looser.requiredDrop) &&
    containsAll([...stricter.defaultAdd, ...stricter.requiredDrop], looser.defaultAdd),
  steps: value => stepsOf(value),

  enforce,
  validate,

  least: pods => leastOf(pods, []),
  leastFilling: pods => leastOf(pods, pods.some(takesNoLinuxFields) ? [] : ['ALL']),
  needs: needsOf,

  describe: ({allowed, defaultAdd, requiredDrop}) =>
    [
      `may add ${allowed.includes('*') ? 'all' : allowed.join(', ') || 'none'}`,
      ...(defaultAdd.length > 0 ? [`given ${defaultAdd.join(', ')}`] : []),
      ...(requiredDrop.length > 0 ? [`must drop ${requiredDrop.join(', ')}`] : []),
    ].join('; '),
  fields: [
    setField('allowed', 'May be added', ['*', ...known]),
    setField('defaultAdd', 'Added by default', known),
    setField('requiredDrop', 'Must be dropped', ['ALL', ...known]),
  ],
  hardening: {
    leavesUnsaid: pod => pod.containers.some(own => !own.capabilitiesDrop.includes('ALL')),
    plan: planCapabilities,
  },
  // Unset is what the runtime gives to every container.
  runtime: containerRuntime({...capabilityStates, read: heldCapabilities}),
  builtin: {
    privileged: open,
    baseline: {...none, allowed: baselineCapabilities},
    restricted: {...none, allowed: ['NET_BIND_SERVICE'], requiredDrop: ['ALL']},
  },
  cel: capabilitiesInCel,
  level: (value): Level => {
    const added = mayAdd(value);
    if (!containsAll(baselineCapabilities, added)) return 'privileged';
    const drops = value.requiredDrop.includes('ALL');
    return drops && containsAll(['NET_BIND_SERVICE'], added) ? 'restricted' : 'baseline';
  },
});

function setField(part: keyof Value, label: string, choices: readonly string[]): ValueField<Value> {
  return namesField<Value>({
    label,
    choices,
    hint: 'NET_ADMIN',
    items: value => value[part],
    set: (value, names) => ({...value, [part]: names}),
  });
}

function mayAdd({allowed, defaultAdd}: Value): readonly string[] {
  return [...allowed, ...defaultAdd];
}

/** What the pods add may be added; what all of them drop, and what else they should drop, must be dropped. */
function leastOf(pods: readonly PodView[], alsoDropped: readonly string[]): Value {
  const containers = pods.flatMap(pod => pod.containers);
  const allowed = unique(containers.flatMap(({capabilitiesAdd}) => capabilitiesAdd));
  const drops = unique([...dropsOfAll(containers), ...alsoDropped]);
  return {allowed, defaultAdd: [], requiredDrop: droppable(drops, allowed)};
}

/** What all these containers drop. */
function dropsOfAll(containers: readonly ContainerView[]): readonly string[] {
  const [first, ...rest] = containers;
  const drops = unique(first?.capabilitiesDrop ?? []);
  return drops.filter(name => rest.every(other => other.capabilitiesDrop.includes(name)));
}

/** The API accepts no name that is both allowed and required to be dropped, and no drops next to `*`. */
function droppable(drops: readonly string[], allowed: readonly string[]): readonly string[] {
  return allowed.includes('*') ? [] : drops.filter(name => !allowed.includes(name));
}

function needsOf(pod: PodView): readonly string[] {
  const {containers} = pod;
  return [
    ...unique(containers.flatMap(({capabilitiesAdd}) => capabilitiesAdd)).map(
      name => `adds ${name}`,
    ),
    ...(dropsOfAll(containers).includes('ALL') ? [] : ['does not drop ALL']),
  ];
}

function stepsOf(value: Value) {
  const {allowed, defaultAdd, requiredDrop} = value;
  const set = (changes: Partial<Value>): Value => ({...value, ...changes});
  const isOpen = allowed.includes('*');
  return [
    ...(isOpen
      ? [{label: 'allow only what baseline allows', value: set({allowed: baselineCapabilities})}]
      : shorter(allowed, 'forbid adding').map(({label, value: rest}) => ({
          label,
          value: set({allowed: rest}),
        }))),
    ...shorter(defaultAdd, 'no longer give').map(({label, value: rest}) => ({
      label,
      value: set({defaultAdd: rest}),
    })),
    ...(isOpen || requiredDrop.includes('ALL') || mayAdd(value).includes('ALL')
      ? []
      : [{label: 'require dropping ALL', value: set({requiredDrop: [...requiredDrop, 'ALL']})}]),
    ...shorter(requiredDrop, 'no longer require dropping').map(({label, value: rest}) => ({
      label,
      value: set({requiredDrop: rest}),
    })),
    ...(isOpen ? [] : [{label: 'allow every capability', value: open}]),
  ];
}

function enforce({allowed, defaultAdd, requiredDrop}: Value): Enforcement | undefined {
  const anyAdd = allowed.includes('*');
  if (anyAdd && defaultAdd.length === 0 && requiredDrop.length === 0) return undefined;
  const mayBeAdded = new Set([...allowed, ...defaultAdd]);
  const inWords = unique([...mayBeAdded]).join(', ') || 'none';
  const wording: Wording<string, ContainerView> = {
    error: (name, container) =>
      invalid(securityFieldOf(container, 'capabilities.add'), name, 'capability may not be added'),
    grounds: (name, container) => ({
      at: container,
      where: securityFieldOf(container, 'capabilities.add'),
      does: 'adds capability',
      value: name,
      allowed: inWords,
      fix: () => removal(container, name),
    }),
  };
  return {
    container(container, pod, report) {
      const changes = fillCapabilities(container, defaultAdd, requiredDrop, report);
      const {capabilitiesAdd: add} = container;
      if (anyAdd || add.length === 0) return;
      for (const name of changes && add.length > 1 ? unique(add) : add) {
        if (!mayBeAdded.has(name)) report.object(wording, name, container, pod);
      }
    },
  };
}

function removal(container: ContainerView, name: string): Fix {
  const add = container.capabilitiesAdd.filter(other => other !== name);
  const {capabilities: own} = container.container.securityContext ?? {};
  return {
    says: `remove ${name} from capabilities.add`,
    edits: [inContainer(container, 'capabilities', {add, drop: own?.drop})],
  };
}

function validate({spec}: Policy): readonly FieldError[] {
  const {requiredDropCapabilities: drops = [], allowedCapabilities: allowed = []} = spec;
  const overlap = (field: 'defaultAddCapabilities' | 'allowedCapabilities') =>
    (spec[field] ?? [])
      .filter(name => drops.includes(name))
      .map(name =>
        invalid(field, name, `capability is listed in ${field} and requiredDropCapabilities`),
      );
  return [
    ...(drops.length > 0 && allowed.includes('*')
      ? [
          invalid(
            'requiredDropCapabilities',
            new GoLiteral(`[]core.Capability{${drops.map(goQuote).join(', ')}}`),
            'must be empty when all capabilities are allowed by a wildcard',
          ),
        ]
      : []),
    ...overlap('defaultAddCapabilities'),
    ...overlap('allowedCapabilities'),
  ];
}

/** Drops are completed; capabilities that are added beyond the policy are for people to decide. */
function planCapabilities(
  {template}: JudgedTemplate,
  {allowed, requiredDrop}: Value,
): readonly PlannedStep[] {
  return containersIn(template).flatMap((place): readonly PlannedStep[] => {
    const {add = [], drop = []} = place.container.securityContext?.capabilities ?? {};
    const step = {where: place.where};
    const beyond = [...new Set(add.filter(name => !allowed.includes(name)))];
    const kept = add.filter(name => allowed.includes(name));
    const missing = requiredDrop.filter(name => !drop.includes(name));
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
}
