import {firstWithoutPolicies} from '../inventory/regime.ts';
import type {PodSecurityLevel} from '../podSecurity/judge.ts';
import {podSecurityPrefix} from '../podSecurity/labels.ts';
import {standardVersionText} from '../podSecurity/version.ts';
import type {NamespaceLabels} from './labels.ts';

/** What the API server is to do in namespaces without labels. */
export interface ClusterDefaults {
  /** An AdmissionConfiguration, as `--admission-control-config-file` takes it. */
  readonly configuration: object;
  readonly level: PodSecurityLevel;
  /** Namespaces without a label to enforce that the level would break, or may: exempt, and why. */
  readonly exempt: readonly {readonly namespace: string; readonly reason: string}[];
}

/**
 * The defaults that refuse nothing of what runs. `labels` are the namespaces judged by the level; `server`
 * is the minor version that reads the file: before v1.25 there is no v1 of it (k8s.io/pod-security-admission,
 * admission/api).
 */
export function clusterDefaults(
  labels: readonly NamespaceLabels[],
  level: PodSecurityLevel,
  to: number,
  server: number,
): ClusterDefaults {
  const open = labels.filter(
    ({labels: own}) => own === undefined || own[`${podSecurityPrefix}enforce`] === undefined,
  );
  const exempt = open.flatMap(({namespace, verdict, problems: [first]}) =>
    verdict === 'fine' ? [] : [{namespace, reason: first?.says ?? 'not all of it could be read'}],
  );
  const version = standardVersionText(to);
  const strict = level === 'privileged' ? 'baseline' : 'restricted';
  const defaults = {
    enforce: level,
    'enforce-version': version,
    audit: strict,
    'audit-version': version,
    warn: strict,
    'warn-version': version,
  };
  const exemptions = {
    usernames: [],
    runtimeClasses: [],
    namespaces: exempt.map(({namespace}) => namespace),
  };
  const configuration = {
    apiVersion: `pod-security.admission.config.k8s.io/${server < firstWithoutPolicies ? 'v1beta1' : 'v1'}`,
    kind: 'PodSecurityConfiguration',
    defaults,
    exemptions,
  };
  return {
    configuration: {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AdmissionConfiguration',
      plugins: [{name: 'PodSecurity', configuration}],
    },
    level,
    exempt,
  };
}
