import type {Inventory} from '../inventory/inventory.ts';
import {isOfAdmission} from '../inventory/kinds/resources.ts';
import type {PolicyTraces} from '../inventory/noPolicies.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import type {Decision, Unknown} from './admit.ts';
import {isInvalidByItself} from './validation.ts';

/**
 * What decides about pods where no policy is known; undefined where policies do. `mayAskNone`: whether there may be none
 * at all, and nothing that asks them.
 */
export function decisionWithoutPolicies(
  {policies, gaps, origin}: PolicyTraces & Pick<Inventory, 'gaps'>,
  mayAskNone: boolean,
): ((submission: Submission) => Decision) | undefined {
  const areUnread = gaps.some(gap => gap.resource === 'podsecuritypolicies' || isOfAdmission(gap));
  if (areUnread) return () => unread;
  if (policies.length > 0 || !mayAskNone) return undefined;
  // What is invalid by itself does not get in, with or without the plugin.
  return submission => (isInvalidByItself(submission) ? denied : none[origin]);
}

const unread = undecided({about: 'the policies', needs: 'podsecuritypolicies'});

const none: Readonly<Record<Inventory['origin'], Decision>> = {
  cluster: undecided({about: 'whether PSP admission is on', needs: 'kubectl psp check'}),
  manifests: undecided({
    about: 'the policies',
    needs: 'podsecuritypolicies, of which the files have none',
  }),
};

const denied: Decision = {kind: 'denied', refusal: undefined};

function undecided(unknown: Unknown): Decision {
  return {kind: 'unknown', endings: [], unknown: [unknown]};
}
