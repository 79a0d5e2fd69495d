import {labelOf} from '../kube/reference.ts';
import type {ClusterFacts} from '../migrate/clusterFacts.ts';
import {type HelmRelease, helmProblem} from '../migrate/helmReleases.ts';
import type {RelabelRight} from '../rbac/relabel.ts';
import {escapeText} from './escape.ts';

const shown = 5;

/** The platform, who may relabel namespaces, and what else to know; all of them if `wide`. */
export function clusterText(facts: ClusterFacts, isLive: boolean, wide: boolean): string {
  return [
    ...platformLines(facts, isLive),
    ...relabelLines(facts, wide),
    ...facts.notes.map(note => `Note: ${note}.`),
  ]
    .map(line => `${escapeText(line)}\n`)
    .join('');
}

function platformLines({platform}: ClusterFacts, isLive: boolean): readonly string[] {
  if (platform === undefined) {
    return isLive ? ['Platform: not known; --platform names it, for its steps.'] : [];
  }
  const {name, foundBy, plugin} = platform;
  return [
    `Platform: ${name} (by ${foundBy}).`,
    `The switch of the admission plugin: ${plugin.says}.`,
  ];
}

function relabelLines({relabelers, relabelNeeds}: ClusterFacts, wide: boolean): readonly string[] {
  const rights = relabelers.map(right => `  ${relabelText(right)}`);
  const more = rights.length - shown;
  const listed =
    wide || more <= 1 ? rights : [...rights.slice(0, shown), `  and ${more} more: see -o wide`];
  const open =
    relabelNeeds.length === 0 ? [] : [`  perhaps others: not read: ${relabelNeeds.join(', ')}`];
  if (listed.length + open.length === 0) return [];
  return ['May relabel namespaces, and so lift what they enforce:', ...listed, ...open];
}

function relabelText({subject, namespaces, binding}: RelabelRight): string {
  const where = namespaces === undefined ? 'all namespaces' : namespaces.join(', ');
  return `${labelOf(subject)}: ${where}, by ${labelOf(binding)}`;
}

/** What becomes of a Helm release that ships policies, for people. */
export function releaseText(release: HelmRelease): string {
  const {namespace, name} = release;
  return `Helm release ${namespace === undefined ? name : `${namespace}/${name}`}: ${helmProblem(release)}`;
}

/** The facts as machine output has them. */
export function printedCluster({
  platform,
  relabelers,
  relabelNeeds,
  releases,
  notes,
}: ClusterFacts): object {
  return {
    platform:
      platform === undefined
        ? null
        : {
            id: platform.id,
            name: platform.name,
            foundBy: platform.foundBy,
            plugin: platform.plugin,
          },
    relabel: {
      rights: relabelers.map(({subject, namespaces, binding, role}) => ({
        subject,
        namespaces: namespaces ?? null,
        binding,
        role,
      })),
      needs: relabelNeeds,
    },
    releases: releases.map(release => ({
      namespace: release.namespace ?? null,
      name: release.name,
      policies: release.policies,
      message: helmProblem(release),
    })),
    notes,
  };
}
