/** A value computed when it is first asked for. */
export function once<T>(compute: () => T): () => T {
  let value: {readonly of: T} | undefined;
  return () => {
    value ??= {of: compute()};
    return value.of;
  };
}

/** Values computed when they are first asked for, by key. */
export function keyed<K, T>(compute: (key: K) => T): (key: K) => T {
  const values = new Map<K, T>();
  return key => {
    if (!values.has(key)) values.set(key, compute(key));
    return values.get(key) as T;
  };
}

/** As `keyed`, by objects, which are not kept alive for it; undefined is computed again each time. */
export function weaklyKeyed<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const values = new WeakMap<K, T>();
  return key => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = compute(key);
    values.set(key, value);
    return value;
  };
}

/** What becomes of each item, one after the other as they are asked for. */
export function* oneByOne<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U, void> {
  for (const item of items) yield change(item);
}
