import type {Policy} from '../../kube/objects.ts';

/** For write(): the policy with these annotations set, or removed where undefined. */
export function withAnnotations(
  policy: Policy,
  changes: Readonly<Record<string, string | undefined>>,
): Policy {
  const merged = {...policy.metadata.annotations, ...changes};
  const annotations = Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {...policy, metadata: {...policy.metadata, annotations}};
}
