/** A version of the standards: a minor version of Kubernetes 1, or whatever is the newest. */
export type StandardVersion = number | 'latest';

/** The newest minor version whose checks are known; newer ones are judged as this one. */
export const newestStandard = 37;

/**
 * What a namespace's label says: `latest` or `v1.N`; undefined for anything else (api/helpers.go,
 * ParseVersion, v1.37). The server takes what is wrong for latest, and says so.
 */
export function parseStandardVersion(text: string): StandardVersion | undefined {
  if (text === 'latest') return text;
  const [, minor] = /^v1\.(0|[1-9]\d*)$/.exec(text) ?? [];
  return minor === undefined || !Number.isSafeInteger(Number(minor)) ? undefined : Number(minor);
}

/** As labels and messages write it: `latest`, `v1.31`. */
export function standardVersionText(version: StandardVersion): string {
  return version === 'latest' ? version : `v1.${version}`;
}

/** The minor version whose checks hold. */
export function standardMinor(version: StandardVersion): number {
  return version === 'latest' ? newestStandard : Math.min(version, newestStandard);
}
