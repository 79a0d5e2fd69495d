import type {ContainerView} from '../../kube/podView.ts';
import {isWithin, type RuntimeStates} from '../runtime.ts';

/** What containers have without asking: the set of containerd 1.6, and Docker's too. */
// biome-ignore format: names, several a line
const given = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD',
  'NET_BIND_SERVICE', 'NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
];

/** The capabilities of a running container: a set, or all but a set. */
interface Held {
  readonly all: boolean;
  /** What it has; what it lacks, if it has all others. */
  readonly names: readonly string[];
}

/**
 * What a container runs with. The kubelet hands on what the container adds and drops as it is
 * (pkg/kubelet/kuberuntime/security_context.go, convertToRuntimeCapabilities). The CRI plugin of containerd
 * 1.6 adds ALL, then drops ALL, then adds and at last drops the others, over the runtime's own set. Case and
 * a prefix `CAP_` make no difference where a runtime takes them.
 */
export function heldCapabilities({
  privileged,
  capabilitiesAdd,
  capabilitiesDrop,
}: ContainerView): Held {
  if (privileged) return {all: true, names: []};
  const add = capabilitiesAdd.map(plainName);
  const drop = capabilitiesDrop.map(plainName);
  const others = (names: readonly string[]) => names.filter(name => name !== 'ALL');
  const kept = others(add).filter(name => !drop.includes(name));
  if (drop.includes('ALL')) return {all: false, names: sorted(kept)};
  if (add.includes('ALL')) return {all: true, names: sorted(others(drop))};
  return {
    all: false,
    names: sorted([...given.filter(name => !drop.includes(name)), ...kept]),
  };
}

/** Capabilities by inclusion. */
export const capabilityStates: RuntimeStates<Held> = {
  atMost(one, other) {
    if (!one.all) {
      return other.all
        ? one.names.every(name => !other.names.includes(name))
        : isWithin(one.names, other.names);
    }
    return other.all && isWithin(other.names, one.names);
  },
  says({all, names}) {
    if (all) return names.length === 0 ? 'all' : `all but ${names.join(', ')}`;
    if (!isWithin(given, names)) {
      const missing = given.filter(name => !names.includes(name));
      if (names.length <= missing.length) return names.join(', ') || 'none';
      const more = names.filter(name => !given.includes(name));
      return `the runtime's${more.map(name => `, ${name}`).join('')} without ${missing.join(', ')}`;
    }
    return ["the runtime's", ...names.filter(name => !given.includes(name))].join(', ');
  },
  overruledBy: 'privileged',
};

function plainName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}
