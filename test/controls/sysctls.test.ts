import {sysctls} from '../../src/controls/sysctls.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const setting = (...names: readonly string[]) =>
  podWith({securityContext: {sysctls: names.map(name => ({name, value: '1'}))}});
const set = (allowed: readonly string[], forbidden: readonly string[] = []) => ({
  allowedUnsafeSysctls: allowed,
  forbiddenSysctls: forbidden,
});
const safe = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
];
const at = (index: number) => `pod.spec.securityContext.sysctls[${index}]: Forbidden:`;
const pattern = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?\\.)*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]';

testControl(sysctls, {
  admits: [
    {when: 'a pod that sets none', spec: set([], ['*']), pod: pod()},
    {when: 'all safe ones', pod: setting(...safe)},
    {when: 'an allowed unsafe one', spec: set(['kernel.msgmax']), pod: setting('kernel.msgmax')},
    {when: 'any under *', spec: set(['*']), pod: setting('vm.swappiness', 'net/core/somaxconn')},
    {when: 'one that a prefix matches', spec: set(['net.*']), pod: setting('net.core.somaxconn')},
  ],
  denies: [
    {
      when: 'what is forbidden first, then what is unsafe',
      spec: set(['net.core.*'], ['kernel.shm*']),
      pod: setting(
        'kernel.shm_rmid_forced',
        'kernel.msgmax',
        'net.ipv4.tcp_syncookies',
        'net.core.somaxconn',
      ),
      because: [
        `${at(0)} sysctl "kernel.shm_rmid_forced" is not allowed`,
        `${at(1)} unsafe sysctl "kernel.msgmax" is not allowed`,
      ],
    },
    {
      when: 'safe ones too where all are forbidden',
      spec: set([], ['*']),
      pod: setting('net.ipv4.tcp_syncookies'),
      because: [`${at(0)} sysctl "net.ipv4.tcp_syncookies" is not allowed`],
    },
    {
      when: 'a safe one that is written with slashes',
      pod: setting('net/ipv4/tcp_syncookies'),
      because: [`${at(0)} unsafe sysctl "net/ipv4/tcp_syncookies" is not allowed`],
    },
    {
      when: 'a longer name than an allowed one',
      spec: set(['kernel.msg']),
      pod: setting('kernel.msgmax'),
      because: [`${at(0)} unsafe sysctl "kernel.msgmax" is not allowed`],
    },
  ],
  needs: [
    {when: 'none', spec: {forbiddenSysctls: ['*']}, pods: [pod()]},
    {
      when: 'unsafe ones by name, and forbids the safe ones that are not in use',
      spec: set(['kernel.msgmax', 'net.core.somaxconn'], safe.slice(1)),
      pods: [setting('net.core.somaxconn', safe[0] ?? ''), setting('kernel.msgmax')],
    },
    {
      when: 'the safe ones in use',
      spec: {forbiddenSysctls: safe.slice(0, 4)},
      pods: [setting('net.ipv4.tcp_syncookies'), pod()],
    },
    {
      when: 'a prefix for a name with slashes, which policies cannot hold',
      spec: set(['net*'], ['kernel.shm_rmid_forced']),
      pods: [setting('net/core/somaxconn')],
    },
  ],
  refuses: [
    {
      when: 'names that there are not',
      spec: set(['', 'net/core'], ['UP', `${'a'.repeat(253)}b`]),
      because: [
        'spec.allowedUnsafeSysctls[0]: Invalid value: "": empty sysctl not allowed',
        `spec.allowedUnsafeSysctls[1]: Invalid value: "net/core": must have at most 253 characters and match regex ${pattern}`,
        `spec.forbiddenSysctls[0]: Invalid value: "UP": must have at most 253 characters and match regex ${pattern}`,
        `spec.forbiddenSysctls[1]: Invalid value: "${'a'.repeat(253)}b": must have at most 253 characters and match regex ${pattern}`,
      ],
    },
    {
      when: '* beside others',
      spec: set(['*', 'a.b']),
      because: [
        "spec.allowedUnsafeSysctls.items: Forbidden: if '*' is present, must not specify other sysctls",
      ],
    },
    {
      when: 'lists that overlap, blaming the narrower entry',
      spec: set(['net.*', 'kernel.msgmax', 'vm.a'], ['net.core.*', 'kernel.*', 'vm.a']),
      because: [
        'spec.forbiddenSysctls[0]: Invalid value: "net.core.*": sysctl overlaps with net.*',
        'spec.allowedUnsafeSysctls[1]: Invalid value: "kernel.msgmax": sysctl overlaps with kernel.*',
        'spec.allowedUnsafeSysctls[2]: Invalid value: "vm.a": sysctl overlaps with vm.a',
      ],
    },
  ],
  moreSettings: [
    {spec: set(['net.core.*'])},
    {spec: set(['net.*', 'vm.swappiness'])},
    {spec: set(['kernel.*'])},
    {spec: set([], ['net.ipv4.*'])},
    {spec: set([], ['kernel.*', 'net.*'])},
    {spec: set(['kernel.msgmax', 'kernel.msgmnb'], ['vm.*'])},
  ],
  morePods: [
    ...safe.map(name => setting(name)),
    ...['kernel.msgmax', 'kernel.msgmnb', 'net.core.somaxconn', 'net.a', 'vm.swappiness'].map(
      name => setting(name),
    ),
    setting('net/a'),
    setting('kernel.msg'),
    setting('kernel/a'),
    setting('a.b'),
  ],
});
