const longestName = 253;

/**
 * A valid object name (DNS subdomain) made of parts. Different parts give different names: dots separate
 * them, and in a cluster only the last part can have dots of its own; names that had to be changed or cut
 * are told apart by a hash of the original.
 */
export function objectName(prefix: string, parts: readonly string[]): string {
  const original = parts.join('.');
  const [last = '', ...others] = [...parts].reverse();
  const labels = [...others.reverse().map(part => part.replaceAll('.', '-')), last];
  const clean = `${prefix}${labels.map(validLabel).join('.')}`;
  if (clean === prefix + original && clean.length <= longestName) return clean;
  const hash = fingerprint(parts.join('\0'));
  const kept = clean.slice(0, longestName - hash.length - 1).replace(/[^a-z0-9]+$/, '');
  return `${kept}-${hash}`;
}

function validLabel(part: string): string {
  const label = part
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/(^|\.)[-.]+/g, '$1')
    .replaceAll(/[-.]+(\.|$)/g, '$1');
  return label === '' ? 'x' : label;
}

/** A hash that tells texts apart (FNV-1a, 64 bits); nobody gains anything from a collision. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(13, '0').slice(-10);
}
