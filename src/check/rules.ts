import {
  firstRelease,
  lastRelease,
  minorOf,
  type Release,
  releaseName,
  releaseOf,
} from '../kube/release.ts';

/** By whose rules answers are made. */
export interface Rules {
  readonly release: Release;
  /** The same in words, with the reason where it is not the server's own release. */
  readonly says: string;
}

/** What decides about the rules. */
export interface RulesSource {
  /** The git version of the server, if one is known. */
  readonly version: string | undefined;
  readonly release: Release;
  /** Whether a server was asked, and not a file. */
  readonly isLive: boolean;
  /** Whether its policies live in admission policies. */
  readonly hasHome?: boolean;
}

/** By which release's rules answers are made, and why. */
export function rulesOf({version, release, isLive, hasHome = false}: RulesSource): Rules {
  const those = `those of ${releaseName(release)}`;
  return {release, says: `${those}${reasonFor({version, release, isLive, hasHome})}`};
}

function reasonFor({version, release, isLive, hasHome}: RulesSource): string {
  const minor = minorOf(version);
  const told = ', as --kubernetes-version says';
  if (minor === undefined) {
    if (isLive) return ', the last release with policies: the version of the server is not known';
    return release === lastRelease ? '; --kubernetes-version names others' : told;
  }
  if (release !== releaseOf(version)) return told;
  if (minor < firstRelease) return ', the oldest that are known here';
  if (hasHome) return ', which the admission policies keep to, and what the server itself refuses';
  return minor > lastRelease ? ' for policies in files: the server has none' : '';
}
