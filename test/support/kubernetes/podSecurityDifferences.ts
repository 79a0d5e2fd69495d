/** How a built-in policy and its standard differ about a pod. */
export type Difference =
  /** The standard lets the pod through, the policy refuses it. */
  | 'stricter'
  /** The standard refuses the pod; the policy changes it so that it meets the standard. */
  | 'changed'
  /** The standard refuses the pod, the policy lets it in as it is. */
  | 'looser';

/** Differences by the file of the pod: LEVEL/pass or fail/NAME. */
export type Differences = Readonly<Record<string, readonly [Difference, because: string]>>;

const everywhere: Differences = {
  'baseline/pass/selinuxoptions1': ['stricter', 'a policy names one SELinux context, not several'],
  'restricted/pass/selinuxoptions1': [
    'stricter',
    'a policy names one SELinux context, not several',
  ],
  'restricted/pass/seccompprofile_restricted1': ['stricter', 'its profiles have no localhost/*'],
  'restricted/pass/seccompprofile_restricted2': ['stricter', 'its profiles have no localhost/*'],
  'restricted/fail/allowprivilegeescalation2': ['changed', 'unset: becomes false'],
  'restricted/fail/allowprivilegeescalation3': ['changed', 'unset: becomes false; and drops ALL'],
  'restricted/fail/capabilities_restricted0': ['changed', 'drops nothing: drops ALL'],
  'restricted/fail/capabilities_restricted1': ['changed', 'drops nothing: drops ALL'],
  'restricted/fail/capabilities_restricted2': ['changed', 'drops each by its name: ALL as well'],
  'restricted/fail/runasnonroot0': ['changed', 'runAsNonRoot unset: becomes true'],
  'restricted/fail/seccompprofile_restricted0': ['changed', 'no profile: that of the runtime'],
  'restricted/fail/seccompprofile_restricted2': ['changed', 'no profile: that of the runtime'],
  'restricted/fail/seccompprofile_restricted3': ['changed', 'no profile: that of the runtime'],
};

/**
 * All pods of the standards' own tests on which the built-in policies differ from the standards. The
 * README tells people of them.
 */
export const differences: Differences = {
  ...everywhere,
  'baseline/pass/apparmorprofile0': ['stricter', 'its profiles have no localhost/*'],
  'restricted/pass/apparmorprofile0': ['stricter', 'its profiles have no localhost/*'],
};

/** The same for the policies without AppArmor: a list of profiles would ask for one to be named. */
export const differencesWithoutAppArmor: Differences = {
  ...everywhere,
  'baseline/fail/apparmorprofile0': ['looser', 'AppArmor is left alone'],
  'baseline/fail/apparmorprofile1': ['looser', 'AppArmor is left alone'],
  'restricted/fail/apparmorprofile0': ['looser', 'AppArmor is left alone'],
  'restricted/fail/apparmorprofile1': ['looser', 'AppArmor is left alone'],
};
