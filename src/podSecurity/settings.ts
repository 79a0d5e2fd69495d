import {builtInDefaults, type PodSecurityDefaults} from './labels.ts';

/**
 * What a server's AdmissionConfiguration tells Pod Security Admission. No API serves it: it is known only
 * where somebody gives the file, or says that there is none (--admission-config).
 */
export interface PodSecuritySettings {
  readonly defaults: PodSecurityDefaults;
  readonly exemptions: PodSecurityExemptions;
}

/** What is let in whatever it asks for, and without a warning. */
export interface PodSecurityExemptions {
  readonly usernames: readonly string[];
  readonly namespaces: readonly string[];
  readonly runtimeClasses: readonly string[];
}

/** Those of a server that is told nothing. */
export const builtInSettings: PodSecuritySettings = {
  defaults: builtInDefaults,
  exemptions: {usernames: [], namespaces: [], runtimeClasses: []},
};
