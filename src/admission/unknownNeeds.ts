import type {Submission} from '../inventory/submissions/submissions.ts';
import type {Unknown} from './admit.ts';

/** What an answer about rights depends on, in words. */
export function needsOf(
  policies: readonly string[],
  needs: readonly string[],
  isAboutCreator: boolean,
): readonly Unknown[] {
  return [
    ...needs.map(each => ({about: `who may use ${policies.join(', ')}`, needs: each})),
    ...(isAboutCreator ? [{about: 'who creates it', needs: '--requester'}] : []),
  ];
}

/** What an answer depends on where an account that was not read may want a token or not. */
export function needOfToken({namespace, serviceAccount}: Submission): Unknown {
  return {
    about: `whether service account ${serviceAccount} mounts its token`,
    needs: `serviceaccounts in ${namespace}`,
  };
}
