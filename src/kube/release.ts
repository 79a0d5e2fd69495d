/** The minor releases of Kubernetes 1 whose policies are known: from the first without extensions/v1beta1 on. */
const releases = [16, 17, 18, 19, 20, 21, 22, 23, 24] as const;

/** A minor release of Kubernetes 1, by whose rules policies are applied. */
export type Release = (typeof releases)[number];

/** Older ones are judged by its rules. */
export const firstRelease = 16 satisfies Release;

/** The last with PodSecurityPolicies, and the one that is meant where nothing says which. */
export const lastRelease = 24 satisfies Release;

/** What differs between releases: each value holds from its release on, up to the next one's. */
export type SinceRelease<T> = {readonly [R in typeof firstRelease]: T} & {
  readonly [R in Release]?: T;
};

/** Looks up what holds in a release. */
export function sinceRelease<T>(table: SinceRelease<T>): (release: Release) => T {
  let held = table[firstRelease];
  const all = Object.fromEntries(
    releases.map(release => {
      if (Object.hasOwn(table, release)) held = table[release] as T;
      return [release, held];
    }),
  ) as Readonly<Record<Release, T>>;
  return release => all[release];
}

/** As Kubernetes writes it: `v1.21`. */
export function releaseName(release: Release): string {
  return `v1.${release}`;
}

/** All of them, the oldest first. */
export const releaseNames = releases.map(releaseName);

/**
 * The minor version that a version of Kubernetes 1 names, with whatever its vendor puts behind it:
 * `v1.21.14-eks-18ef993`, `v1.20.15-gke.1000`, `v1.19.16+k3s1`, `1.18`. undefined if it names none.
 */
export function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d{1,4})(?!\d)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/**
 * The release by whose rules a server of this version is judged: its own, or else the nearest that is known.
 * The last one if the version is not known.
 */
export function releaseOf(version: string | undefined): Release {
  const minor = minorOf(version) ?? lastRelease;
  return releases.find(release => release >= minor) ?? lastRelease;
}
