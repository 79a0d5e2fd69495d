/** The processor time that this thread takes for `work`, in seconds; what else the machine does is not in it. */
export function cpuSecondsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const {user, system} = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
