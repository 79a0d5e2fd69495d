/**
 * What the baseline Pod Security Standard lets containers add, in all of its versions: what container runtimes
 * give by themselves, but for NET_RAW (k8s.io/pod-security-admission, policy/check_capabilities_baseline.go, v1.37).
 */
// biome-ignore format: names, several a line
export const baselineCapabilities: readonly string[] = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD',
  'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
];
