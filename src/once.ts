/** A value computed when it is first asked for. */
export function once<T>(compute: () => T): () => T {
  let value: {readonly of: T} | undefined;
  return () => {
    value ??= {of: compute()};
    return value.of;
  };
}
