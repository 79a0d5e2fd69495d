import {type AdviceEffects, adviceEffects} from './adviceEffects.ts';
import {type PolicyEffects, policyEffects} from './policyEffects.ts';
import {type ProposalEffects, proposalEffects} from './proposalEffects.ts';
import {type Surroundings, voiceOf} from './voice.ts';

/** The session's side effects: on files and on the cluster. Each one ends in a notice or a text. */
export interface SideEffects extends ProposalEffects, PolicyEffects, AdviceEffects {
  /** Writes a file; asks before it overwrites one. */
  write(path: string, content: string, force: boolean): void;
}

/** The side effects of a session in these surroundings. */
export function createSideEffects(around: Surroundings): SideEffects {
  const voice = voiceOf(around);
  const proposals = proposalEffects(around, voice);
  return {
    ...proposals,
    ...policyEffects(around, voice, proposals),
    ...adviceEffects(around, voice, proposals),
    write: (path, content, force) =>
      voice.run('writing', async () => {
        const outcome = await around.services.writeFile(path, content, force);
        if (outcome === 'written') voice.say('good', `Wrote ${path}`);
        else around.dispatch({type: 'prompt', prompt: {kind: 'overwrite', path, content}});
      }),
  };
}
