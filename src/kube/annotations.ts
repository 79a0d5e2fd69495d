/** Annotation keys that PodSecurityPolicy reads or writes (api v0.24, core/v1/annotation_key_constants.go). */
export const validatedPolicyKey = 'kubernetes.io/psp';
export const mirrorPodKey = 'kubernetes.io/config.mirror';

export const seccompPodKey = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
export const seccompAllowedKey = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames';
export const seccompDefaultKey = 'seccomp.security.alpha.kubernetes.io/defaultProfileName';

export const appArmorContainerPrefix = 'container.apparmor.security.beta.kubernetes.io/';
export const appArmorAllowedKey = 'apparmor.security.beta.kubernetes.io/allowedProfileNames';
export const appArmorDefaultKey = 'apparmor.security.beta.kubernetes.io/defaultProfileName';

/** Which release of Helm 3 an object belongs to (helm v3, pkg/action/validate.go). */
export const helmReleaseKey = 'meta.helm.sh/release-name';
export const helmNamespaceKey = 'meta.helm.sh/release-namespace';

/** Others may hold anything, also secrets (`last-applied-configuration`), and are never kept. */
export function isRelevantAnnotation(key: string): boolean {
  return (
    key === validatedPolicyKey ||
    key === mirrorPodKey ||
    key === seccompPodKey ||
    key.startsWith(seccompContainerPrefix) ||
    key.startsWith(appArmorContainerPrefix) ||
    key === seccompAllowedKey ||
    key === seccompDefaultKey ||
    key === appArmorAllowedKey ||
    key === appArmorDefaultKey ||
    key === helmReleaseKey ||
    key === helmNamespaceKey
  );
}

const dnsLabel = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const soundKey = new RegExp(
  `^(?:${dnsLabel}(?:\\.${dnsLabel})*/)?[a-z0-9](?:[-a-z0-9_.]{0,61}[a-z0-9])?$`,
  'i',
);

/** Besides those that matter, keys that no server takes: an object in a file that has one can't exist. */
export function isKeptAnnotation(key: string): boolean {
  return isRelevantAnnotation(key) || !soundKey.test(key);
}
