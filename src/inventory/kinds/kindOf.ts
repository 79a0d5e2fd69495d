import {homeGroupOf, workloadKinds} from '../../kube/workloadKinds.ts';
import type {Workload} from './workloads.ts';

const pod = {kind: 'Pod', plural: 'pods', shortName: 'po'};

/** The kind that one of kubectl's names for it means: `deploy`, `deployments`, `Deployment`. */
export function kindOf(text: string): string {
  const [name = ''] = text.toLowerCase().split('.');
  const known = [pod, ...workloadKinds].find(({kind, plural, shortName}) =>
    [kind.toLowerCase(), plural, shortName].includes(name),
  );
  return known?.kind ?? text;
}

const versionAhead = /^v\d+(?:(?:alpha|beta)\d+)?\./;

/**
 * Whether a workload is of the kind that one of kubectl's names means: in any API group, unless the name
 * includes one, as in `deployments.apps`, `deployments.v1.apps` and `statefulset.apps.kruise.io`.
 */
export function isOfKind({apiVersion, kind}: Workload, text: string): boolean {
  const [, name = '', behind] = /^([^.]*)(?:\.(.*))?$/s.exec(text) ?? [];
  if (kindOf(name).toLowerCase() !== kind.toLowerCase()) return false;
  const group = behind?.replace(versionAhead, '');
  return group === undefined || group === homeGroupOf(apiVersion, kind);
}
