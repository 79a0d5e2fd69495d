import {type FieldError, forbidden, invalid} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import {lastRelease, type Release, sinceRelease} from '../kube/release.ts';
import {defineControl, withSpec} from './control.ts';
import type {JudgedTemplate, PlannedStep} from './hardening.ts';
import type {Fix, Wording} from './objection.ts';
import {namedRights, podRuntime} from './runtime.ts';
import {namesField} from './shared/fields.ts';
import {shorter, unique} from './shared/names.ts';
import {sysctlCheck} from './shared/sysctlsInCel.ts';

/** Entries that end in `*` stand for all names that begin with what precedes it. */
interface Value {
  readonly allowedUnsafe: readonly string[];
  readonly forbidden: readonly string[];
}

/** pkg/security/podsecuritypolicy/sysctl/mustmatchpatterns.go, SafeSysctlAllowlist (Whitelist up to v1.22). */
const safeIn = sinceRelease<readonly string[]>({
  16: ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  18: [
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.ping_group_range',
    'net.ipv4.tcp_syncookies',
  ],
  22: [
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.ping_group_range',
    'net.ipv4.tcp_syncookies',
  ],
});

/** Everything that a kubelet can let pods set (pkg/kubelet/sysctl/namespace.go in v1.24). */
const namespaced = ['fs.mqueue.*', 'kernel.msg*', 'kernel.sem', 'kernel.shm*', 'net.*'];

const open: Value = {allowedUnsafe: ['*'], forbidden: []};

/** The kernel parameters that pods may set: safe ones unless forbidden, others only if allowed. */
export const sysctls = defineControl<Value>({
  id: 'sysctls',
  title: 'Sysctls',
  risk: 'An unsafe sysctl can take resources from other pods on the node, or interfere with them.',
  allows: 'Pods may set these kernel parameters for themselves.',
  neededBy: 'programs with many connections or much shared memory: load balancers, databases',
  field: '/spec/allowedUnsafeSysctls',

  read: ({spec}) => ({
    allowedUnsafe: spec.allowedUnsafeSysctls ?? [],
    forbidden: spec.forbiddenSysctls ?? [],
  }),
  write: (policy, value) =>
    withSpec(policy, {
      allowedUnsafeSysctls: value.allowedUnsafe.length > 0 ? value.allowedUnsafe : undefined,
      forbiddenSysctls: value.forbidden.length > 0 ? value.forbidden : undefined,
    }),

  loosest: open,
  covers,
  steps: stepsOf,

  enforce(value, release) {
    const safe = safeIn(release);
    const wording: Wording<number, undefined> = {
      error: (index, _, {sysctls: names}) =>
        forbidden(
          `pod.spec.securityContext.sysctls[${index}]`,
          `${matchesAny(value.forbidden, names[index] ?? '') ? '' : 'unsafe '}sysctl ${goQuote(names[index] ?? '')} is not allowed`,
        ),
      grounds: (index, _, pod) => {
        const name = pod.sysctls[index] ?? '';
        return {
          at: undefined,
          where: `spec.securityContext.sysctls[${index}]`,
          does: 'sets sysctl',
          value: name,
          allowed: inWords(value),
          fix: () => removal(pod, name),
        };
      },
    };
    return {
      pod(pod, report) {
        let index = 0;
        for (const name of pod.sysctls) {
          if (isRefused(value, name, safe)) report.object(wording, index, undefined, pod);
          index++;
        }
      },
    };
  },
  validate,

  least(pods, release) {
    const safe = safeIn(release);
    const used = unique(pods.flatMap(pod => pod.sysctls));
    if (used.length === 0) return {allowedUnsafe: [], forbidden: ['*']};
    const allowedUnsafe = unique(used.filter(name => !safe.includes(name)).map(entryFor));
    const spare = safe.filter(name => !used.includes(name) && !matchesAny(allowedUnsafe, name));
    return {allowedUnsafe, forbidden: spare};
  },
  needs: pod => unique(pod.sysctls).map(name => `sysctl ${name}`),

  describe: ({allowedUnsafe, forbidden}) =>
    [
      `unsafe ones: ${allowedUnsafe.join(', ') || 'none'}`,
      ...(forbidden.length > 0 ? [`forbidden: ${forbidden.join(', ')}`] : []),
    ].join('; '),
  fields: [
    namesField<Value>({
      label: 'Allowed besides the safe ones',
      choices: ['*', ...namespaced],
      hint: 'net.core.somaxconn or net.core.*',
      items: value => value.allowedUnsafe,
      set: (value, allowedUnsafe) => ({...value, allowedUnsafe}),
    }),
    namesField<Value>({
      label: 'Forbidden',
      choices: ['*', ...safeIn(lastRelease)],
      hint: 'net.ipv4.tcp_syncookies or net.*',
      items: value => value.forbidden,
      set: (value, names) => ({...value, forbidden: names}),
    }),
  ],
  hardening: {plan: planSysctls},
  // Safe ones reach no other pod and no node (pkg/security/podsecuritypolicy/sysctl/mustmatchpatterns.go,
  // SafeSysctlAllowlist, which the kubelet takes too); the kubelet takes slashes for dots
  // (pkg/kubelet/sysctl/util.go, convertSysctlVariableToDotsSeparator).
  runtime: podRuntime({
    ...namedRights,
    read({sysctls: set}) {
      const names = set.map(plainSysctl);
      const safe = safeIn(lastRelease);
      return {
        rights: names.filter(name => !safe.includes(name)),
        harmless: names.filter(name => safe.includes(name)),
      };
    },
  }),
  builtin: {privileged: open, baseline: 'unset', restricted: 'unset'},
  cel: {
    rules: (value, release) => ({
      pod: sysctlCheck(safeIn(release), value.allowedUnsafe, value.forbidden, inWords(value)),
    }),
  },
  level: ({allowedUnsafe}) => (allowedUnsafe.length === 0 ? 'restricted' : 'privileged'),
});

/** If slashes separate the parts of the name, dots in a part stand for slashes. */
function plainSysctl(name: string): string {
  if (!/^[^.]*\//.test(name)) return name;
  return name.replace(/[./]/g, mark => (mark === '/' ? '.' : '/'));
}

function isRefused(
  {allowedUnsafe, forbidden: names}: Value,
  name: string,
  safe: readonly string[],
): boolean {
  return matchesAny(names, name) || !(safe.includes(name) || matchesAny(allowedUnsafe, name));
}

function inWords({allowedUnsafe, forbidden: names}: Value): string {
  if (names.includes('*')) return 'none';
  const allowed = allowedUnsafe.includes('*')
    ? 'all'
    : ['the safe ones', ...allowedUnsafe].join(', ');
  return names.length === 0 ? allowed : `${allowed}, but not ${names.join(', ')}`;
}

function removal({pod}: PodView, name: string): Fix {
  const kept = pod.spec.securityContext?.sysctls?.filter(other => (other.name ?? '') !== name);
  return {
    says: `remove sysctl ${name}`,
    edits: [{at: ['spec', 'securityContext', 'sysctls'], value: kept}],
  };
}

function matchesAny(entries: readonly string[], name: string): boolean {
  return entries.some(entry =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry,
  );
}

/** An entry can't contain a slash (the API refuses it), but the names in pods can: `net/core/somaxconn`. */
function entryFor(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : `${name.slice(0, slash)}*`;
}

/**
 * Compared on the names that can tell two values apart: the safe ones, and for each entry of either
 * value a name that it matches and one that only a longer name matches.
 */
function covers(looser: Value, stricter: Value, release: Release): boolean {
  const safe = safeIn(release);
  const entries = [looser, stricter].flatMap(value => [...value.allowedUnsafe, ...value.forbidden]);
  const names = entries.flatMap(entry =>
    entry.endsWith('*') ? [entry.slice(0, -1), `${entry.slice(0, -1)}zz9`] : [entry],
  );
  return ['zz9.other', ...safe, ...names].every(
    name => isRefused(stricter, name, safe) || !isRefused(looser, name, safe),
  );
}

function stepsOf({allowedUnsafe, forbidden: names}: Value, release: Release) {
  return [
    ...shorter(allowedUnsafe, 'forbid').map(({label, value}) => ({
      label,
      value: {allowedUnsafe: value, forbidden: names},
    })),
    ...(names.includes('*')
      ? []
      : [{label: 'forbid all sysctls', value: {allowedUnsafe: [], forbidden: ['*']}}]),
    ...safeIn(release)
      .filter(name => !matchesAny(names, name) && !matchesAny(allowedUnsafe, name))
      .map(name => ({
        label: `forbid ${name}`,
        value: {allowedUnsafe, forbidden: [...names, name]},
      })),
    ...shorter(names, 'no longer forbid').map(({label, value}) => ({
      label,
      value: {allowedUnsafe, forbidden: value},
    })),
    ...(allowedUnsafe.includes('*') && names.length === 0
      ? []
      : [{label: 'allow every sysctl', value: open}]),
  ];
}

const longest = 253;
const pattern = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?\\.)*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]';
const entryFormat = new RegExp(`^${pattern}$`);

function validate({spec}: Policy): readonly FieldError[] {
  const {allowedUnsafeSysctls: allowed = [], forbiddenSysctls: names = []} = spec;
  return [
    ...listErrors('spec.allowedUnsafeSysctls', allowed),
    ...listErrors('spec.forbiddenSysctls', names),
    ...allowed.flatMap((one, i) => names.flatMap((other, j) => overlapErrors(one, i, other, j))),
  ];
}

function listErrors(field: string, entries: readonly string[]): readonly FieldError[] {
  const errors = entries.flatMap((entry, index) => {
    if (entry === '') return [invalid(`${field}[${index}]`, entry, 'empty sysctl not allowed')];
    if (entry.length <= longest && entryFormat.test(entry)) return [];
    const detail = `must have at most ${longest} characters and match regex ${pattern}`;
    return [invalid(`${field}[${index}]`, entry, detail)];
  });
  const all = entries.some(entry => entry.startsWith('*') && entryFormat.test(entry));
  return all && entries.length > 1
    ? [...errors, forbidden(`${field}.items`, "if '*' is present, must not specify other sysctls")]
    : errors;
}

/** The narrower of two entries that overlap is the one complained about. */
function overlapErrors(one: string, i: number, other: string, j: number): readonly FieldError[] {
  const [allowedPrefix, forbiddenPrefix] = [prefixOf(one), prefixOf(other)];
  const blameAllowed = [
    invalid(`spec.allowedUnsafeSysctls[${i}]`, one, `sysctl overlaps with ${other}`),
  ];
  const blameForbidden = [
    invalid(`spec.forbiddenSysctls[${j}]`, other, `sysctl overlaps with ${one}`),
  ];
  if (allowedPrefix !== undefined && forbiddenPrefix !== undefined) {
    if (allowedPrefix.startsWith(forbiddenPrefix)) return blameAllowed;
    return forbiddenPrefix.startsWith(allowedPrefix) ? blameForbidden : [];
  }
  if (allowedPrefix !== undefined) return other.startsWith(allowedPrefix) ? blameForbidden : [];
  if (forbiddenPrefix !== undefined) return one.startsWith(forbiddenPrefix) ? blameAllowed : [];
  return one === other ? blameAllowed : [];
}

function prefixOf(entry: string): string | undefined {
  return entry.endsWith('*') ? entry.slice(0, -1) : undefined;
}

function planSysctls({view}: JudgedTemplate, value: Value): readonly PlannedStep[] {
  const safe = safeIn(view.release);
  const refused = [...new Set(view.sysctls)].filter(name => isRefused(value, name, safe));
  return refused.map(name => ({
    where: 'pod',
    asks: `sets sysctl ${name}`,
    says: `remove sysctl ${name}`,
    edits: [{kind: 'sysctl', name}],
  }));
}
