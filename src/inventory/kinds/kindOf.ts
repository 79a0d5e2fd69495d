import {homeGroupOf, workloadKinds} from '../../kube/workloadKinds.ts';
import type {Workload} from './workloads.ts';

const pod = {kind: 'Pod', plural: 'pods', shortName: 'po'};

/** The kind that one of kubectl's names for it means: `deploy`, `deployments`, `Deployment`. */
export function kindOf(text: string): string {
  return knownKind(text) ?? text;
}

/** Whether it is one of kubectl's names for pods, or for a kind of Kubernetes' own that makes them. */
export function isKindName(text: string): boolean {
  const group = groupIn(text);
  const kind = knownKind(text);
  if (kind === undefined || group === undefined) return kind !== undefined;
  if (kind === pod.kind) return group === '' || group === 'v1';
  const row = workloadKinds.find(each => each.kind === kind);
  return row?.apiVersions.some(version => group === homeGroupOf(version, kind)) ?? false;
}

function knownKind(text: string): string | undefined {
  const [name = ''] = text.toLowerCase().split('.');
  return [pod, ...workloadKinds].find(({kind, plural, shortName}) =>
    [kind.toLowerCase(), plural, shortName].includes(name),
  )?.kind;
}

const versionAhead = /^v\d+(?:(?:alpha|beta)\d+)?\./;

/** The API group after a kind: of `deployments.apps` and `deployments.v1.apps`; undefined without one. */
function groupIn(text: string): string | undefined {
  const dot = text.indexOf('.');
  return dot < 0 ? undefined : text.slice(dot + 1).replace(versionAhead, '');
}

/**
 * Whether a workload is of the kind that one of kubectl's names means: in any API group, unless the name
 * includes one, as in `deployments.apps`, `deployments.v1.apps` and `statefulset.apps.kruise.io`.
 */
export function isOfKind({apiVersion, kind}: Workload, text: string): boolean {
  const [name = ''] = text.split('.');
  const wanted = kindOf(name).toLowerCase();
  const own = kind.toLowerCase();
  if (wanted !== own && wanted !== pluralOf(own)) return false;
  const group = groupIn(text);
  return group === undefined || group === homeGroupOf(apiVersion, kind);
}

/** The plural of a kind of others, which is not known without asking a server: as English has it. */
function pluralOf(kind: string): string {
  if (/(s|x|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
