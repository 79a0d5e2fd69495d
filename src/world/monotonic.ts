/** Milliseconds of a clock that nobody sets. `performance` would first have to be loaded: a hundredth of a short command. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
