import {builtInDefaults, type PodSecurityDefaults} from './labels.ts';

/**
 * What a server's AdmissionConfiguration tells Pod Security Admission. No API serves it: it is known only
 * where a file holds it, or where the server's own command line names none.
 */
export interface PodSecuritySettings {
  /** Whether the plugin is turned off, so that nothing is refused. */
  readonly isOff: boolean;
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
  isOff: false,
  defaults: builtInDefaults,
  exemptions: {usernames: [], namespaces: [], runtimeClasses: []},
};
