/**
 * How many seconds of processor time some work takes in this thread: unlike the time on a clock, that does not
 * depend on what else the machine does.
 */
export function processorSeconds(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const {user, system} = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
