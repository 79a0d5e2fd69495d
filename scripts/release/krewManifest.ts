import {archiveName, executableName, type Platform} from './platforms.ts';

/** What else lies in each archive. */
export const documents = ['LICENSE', 'THIRD-PARTY-NOTICES'] as const;

/** An archive that krew may download. */
export interface ReleasedArchive {
  readonly platform: Pick<Platform, 'name' | 'os' | 'arch'>;
  /** In lower-case hex. */
  readonly sha256: string;
}

/**
 * The manifest from which krew installs a release, in the form that krew v0.5 wants
 * (pkg/index/types.go, internal/index/validation/validate.go). `version` is without a `v`, `baseUrl`
 * is where the archives lie.
 */
export function krewManifest(
  version: string,
  baseUrl: string,
  archives: readonly ReleasedArchive[],
): string {
  return `# Written by "npm run release"; the release of each tag writes it again.
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: psp
spec:
  version: v${version}
  homepage: https://github.com/kubectl-psp/kubectl-psp
  shortDescription: Explain, test and tighten PodSecurityPolicies
  description: |
    Says exactly what Kubernetes v1.24 does with PodSecurityPolicies: which
    policy admits a pod and why the others don't, who may use a policy and by
    which binding, and the least policy with which given pods still run.
    Without arguments, an interactive session leads through the cluster.
  caveats: |
    The plugin reads only what you may read. For complete answers it wants to
    get and list namespaces, pods, workloads, podsecuritypolicies, roles and
    bindings; an answer from less says what is missing.
    Clusters of Kubernetes 1.25 and later have no PodSecurityPolicies: there,
    use the plugin with manifests (-f), a snapshot (--from) or --demo.
  platforms:
${archives.map(archive => platformText(archive, baseUrl)).join('\n')}
`;
}

function platformText({platform, sha256}: ReleasedArchive, baseUrl: string): string {
  const executable = executableName(platform);
  const files = [executable, ...documents].map(file => `        - from: ${file}\n          to: .`);
  return `    - selector:
        matchLabels:
          os: ${platform.os}
          arch: ${platform.arch}
      uri: ${baseUrl.replace(/\/+$/, '')}/${archiveName(platform)}
      sha256: "${sha256}"
      bin: ${executable}
      files:
${files.join('\n')}`;
}
