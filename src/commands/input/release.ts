import {exitCodes, UserError} from '../../errors.ts';
import {
  firstRelease,
  lastRelease,
  minorOf,
  type Release,
  releaseName,
  releaseOf,
} from '../../kube/release.ts';
import type {sourceFlags, ValuesOf} from '../flags.ts';

type VersionRequest = Partial<Pick<ValuesOf<typeof sourceFlags>, 'kubernetesVersion'>>;

/** The release that --kubernetes-version names; undefined if it is not given. */
export function wantedRelease({kubernetesVersion}: VersionRequest): Release | undefined {
  if (kubernetesVersion === undefined) return undefined;
  const given = `--kubernetes-version ${kubernetesVersion}`;
  const known = `give ${releaseName(firstRelease)} to ${releaseName(lastRelease)}`;
  const minor = minorOf(kubernetesVersion);
  if (minor === undefined) {
    throw new UserError(`${given}: not a version of Kubernetes: ${known}`, exitCodes.usage);
  }
  if (minor > lastRelease) {
    throw new UserError(
      `${given}: it has no PodSecurityPolicy, which v1.25 removed: ${known}`,
      exitCodes.usage,
    );
  }
  if (minor < firstRelease) {
    throw new UserError(`${given}: its rules are not known: ${known}`, exitCodes.usage);
  }
  return releaseOf(kubernetesVersion);
}

/** The release after this one; undefined if it has no policies any more. */
export function nextRelease(release: Release): Release | undefined {
  return release === lastRelease ? undefined : releaseOf(`1.${release + 1}`);
}

/** The later release that a flag such as `--to v1.N` names; undefined if it is not given. */
export function laterRelease(
  flag: string,
  version: string | undefined,
  release: Release,
): Release | undefined {
  if (version === undefined) return undefined;
  const given = `${flag} ${version}`;
  const next = nextRelease(release);
  const from = next === undefined ? undefined : releaseName(next);
  const known = from === undefined ? '' : `: give ${rangeText(from, releaseName(lastRelease))}`;
  const minor = minorOf(version);
  if (minor === undefined) {
    throw new UserError(`${given}: not a version of Kubernetes${known}`, exitCodes.usage);
  }
  if (minor > lastRelease) {
    throw new UserError(
      `${given}: it has no PodSecurityPolicy, which v1.25 removed: see kubectl psp migrate`,
      exitCodes.usage,
    );
  }
  if (minor <= release) {
    throw new UserError(
      `${given}: not later than ${releaseName(release)}, by whose rules answers are made${known}`,
      exitCodes.usage,
    );
  }
  return releaseOf(version);
}

function rangeText(first: string, last: string): string {
  return first === last ? first : `${first} to ${last}`;
}

/** The release by whose rules files are judged. */
export function releaseOfFiles(flags: VersionRequest): Release {
  return wantedRelease(flags) ?? lastRelease;
}

/** Refuses to be told the version of a live cluster. */
export function refuseOwnVersion({kubernetesVersion}: VersionRequest): void {
  if (kubernetesVersion === undefined) return;
  throw new UserError(
    '--kubernetes-version is for files, --from and --demo: a cluster says which version it has',
    exitCodes.usage,
  );
}
