import type {Inventory} from '../inventory/inventory.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import {sameSettings} from '../policy/direction.ts';
import {policyErrors} from '../policy/evaluate.ts';
import {type Draft, isEdited} from './edit.ts';
import {policyYaml} from './lines.ts';
import {added, type ValuesView} from './picker.ts';
import type {ProposalEffects} from './proposalEffects.ts';
import type {Services} from './services.ts';
import type {Session} from './session.ts';
import {driftOf, policyOf} from './state.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does about an edited policy. */
export interface PolicyEffects {
  writePolicy(policy: Policy): void;
  /** Marks a typed entry in the picker. */
  addEntry(view: ValuesView, entry: string): void;
  /** Dry run, difference and impact, then a question. */
  proposePolicy(name: string): void;
}

/** The side effects of the editor. */
export function policyEffects(
  {session, model, services, dispatch}: Surroundings,
  {say, fail, askForFile, isReadOnly}: Voice,
  {propose}: ProposalEffects,
): PolicyEffects {
  return {
    writePolicy: policy => askForFile(policy.metadata.name, policyYaml(policy)),
    addEntry(view, entry) {
      const policy = policyOf(view.policy, session().drafts, model().inventory);
      if (policy === undefined) return;
      const next = added(view, policy.now, entry);
      if (typeof next === 'string') return say('bad', next);
      dispatch({type: 'replace', view: next});
      dispatch({type: 'select', key: entry, place: 0});
    },
    proposePolicy(name) {
      const draft = session().drafts[name];
      if (draft === undefined || !isEdited(draft)) return say('info', 'Nothing is changed');
      if (isReadOnly()) return undefined;
      const {inventory} = model();
      const drift = driftLines(draft, inventory, session().drafts, services);
      if (drift !== undefined) return fail('Not sent', drift);
      const [error] = policyErrors(draft.now, inventory.release);
      if (error !== undefined) return say('bad', fieldErrorText(error));
      return propose({
        title: `Apply ${name}`,
        question: `Apply ${name}?`,
        name,
        draft: name,
        wanted: {kind: 'policy', draft: upToDate(draft, inventory)},
        details: services.diff(policyYaml(draft.base), policyYaml(draft.now), name),
      });
    },
  };
}

/** The draft as it goes to the server: what others changed besides the controls is not a conflict. */
function upToDate({base, now}: Draft, {policies}: Inventory): Policy {
  const current = policies.find(({metadata}) => metadata.name === base.metadata.name);
  if (current === undefined || !sameSettings(current, base)) return now;
  const {resourceVersion} = current.metadata;
  return {...now, metadata: {...now.metadata, resourceVersion}};
}

/** Why a draft can't be sent: what happened to its policy in the meantime; undefined if it can. */
function driftLines(
  {base}: Draft,
  inventory: Inventory,
  drafts: Session['drafts'],
  services: Services,
): readonly string[] | undefined {
  const {name} = base.metadata;
  const drift = driftOf(name, drafts, inventory);
  const current = inventory.policies.find(({metadata}) => metadata.name === name);
  if (drift === 'gone' || (drift === 'changed' && current === undefined)) {
    return [
      `PodSecurityPolicy ${name} was deleted from the cluster after your edit began.`,
      'In the editor w writes your edit to a file; kubectl create -f recreates the policy.',
    ];
  }
  if (current === undefined || drift === undefined) return undefined;
  return [
    `PodSecurityPolicy ${name} was changed in the cluster after your edit began.`,
    'In the editor m puts your edit on top of it; then p asks again. What was changed there:',
    '',
    ...services.diff(policyYaml(base), policyYaml(current), name),
  ];
}
