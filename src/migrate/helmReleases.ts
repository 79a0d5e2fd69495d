import {helmNamespaceKey, helmReleaseKey} from '../kube/annotations.ts';
import type {Policy} from '../kube/objects.ts';
import {byText} from '../text.ts';

/** A Helm release that has PodSecurityPolicies: from v1.25 on, Helm can't upgrade it as it is. */
export interface HelmRelease {
  /** undefined: not known, as for Helm 2. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Its policies, by name. */
  readonly policies: readonly string[];
}

/** The releases that ship policies, by what Helm and charts write into their metadata. */
export function helmReleases(policies: readonly Policy[]): readonly HelmRelease[] {
  const releases = new Map<string, {release: Omit<HelmRelease, 'policies'>; names: string[]}>();
  for (const {metadata} of policies) {
    const release = releaseOf(metadata);
    if (release === undefined) continue;
    const key = `${release.namespace ?? ''}/${release.name}`;
    const known = releases.get(key) ?? {release, names: []};
    known.names.push(metadata.name);
    releases.set(key, known);
  }
  return [...releases]
    .sort(([one], [other]) => byText(one, other))
    .map(([, {release, names}]) => ({...release, policies: names.sort(byText)}));
}

/** Helm 3 writes annotations; charts of Helm 2 have labels by habit. */
function releaseOf({
  annotations = {},
  labels = {},
}: Policy['metadata']): Omit<HelmRelease, 'policies'> | undefined {
  const name = annotations[helmReleaseKey];
  if (name !== undefined) return {name, namespace: annotations[helmNamespaceKey]};
  const manager = labels['app.kubernetes.io/managed-by'] ?? labels.heritage;
  if (manager !== 'Helm' && manager !== 'Tiller') return undefined;
  const chart = labels['helm.sh/chart'] ?? labels.chart;
  const instance = labels['app.kubernetes.io/instance'] ?? labels.release ?? chart;
  return instance === undefined ? undefined : {name: instance, namespace: undefined};
}

/** What becomes of a release, in the words of Helm. */
export function helmProblem({policies}: HelmRelease): string {
  return `helm upgrade fails: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1" (${policies.join(', ')}); upgrade to a chart without it before v1.25, or repair the release with helm mapkubeapis`;
}
