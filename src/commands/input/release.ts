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
