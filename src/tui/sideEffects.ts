import {type AdviceEffects, adviceEffects} from './adviceEffects.ts';
import {type FileEffects, fileEffects} from './fileEffects.ts';
import {type MigrationEffects, migrationEffects} from './migrationEffects.ts';
import {type PolicyEffects, policyEffects} from './policyEffects.ts';
import {type ProposalEffects, proposalEffects} from './proposalEffects.ts';
import {type RightsEffects, rightsEffects} from './rightsEffects.ts';
import {type Surroundings, voiceOf} from './voice.ts';

/** The session's side effects: on files and on the cluster. Each one ends in a notice or a text. */
export interface SideEffects
  extends ProposalEffects,
    PolicyEffects,
    AdviceEffects,
    RightsEffects,
    MigrationEffects,
    FileEffects {}

/** The side effects of a session in these surroundings. */
export function createSideEffects(around: Surroundings): SideEffects {
  const voice = voiceOf(around);
  const proposals = proposalEffects(around, voice);
  return {
    ...proposals,
    ...policyEffects(around, voice, proposals),
    ...adviceEffects(around, voice, proposals),
    ...rightsEffects(around, voice, proposals),
    ...migrationEffects(around, voice, proposals),
    ...fileEffects(around, voice),
  };
}
