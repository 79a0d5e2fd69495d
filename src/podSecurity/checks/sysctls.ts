import type {Pod} from '../../kube/pod.ts';
import type {Refusal, StandardCheck} from '../check.ts';

/** The kernel parameters that are safe, by the version that began with them. */
const safeSince = [
  {
    since: 0,
    names: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  },
  {since: 27, names: ['net.ipv4.ip_local_reserved_ports']},
  {
    since: 29,
    names: [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  },
  {since: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']},
  {since: 37, names: ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']},
] as const;

/** Only safe kernel parameters (policy/check_sysctls.go, v1.37). */
export const sysctlsCheck: StandardCheck = {
  id: 'sysctls',
  level: 'baseline',
  rows: safeSince.map(({since}) => {
    const names = safeSince.filter(row => row.since <= since).flatMap(row => row.names);
    const safe: ReadonlySet<string> = new Set(names);
    return {since, refuse: pod => refuse(pod, safe)};
  }),
};

function refuse({spec}: Pod, safe: ReadonlySet<string>): Refusal | undefined {
  const unsafe = (spec.securityContext?.sysctls ?? [])
    .map(({name = ''}) => name)
    .filter(name => !safe.has(name));
  if (unsafe.length === 0) return undefined;
  return {reason: 'forbidden sysctls', detail: unsafe.join(', ')};
}
