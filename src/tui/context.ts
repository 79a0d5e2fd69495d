import type {Model} from './model.ts';
import type {Services} from './services.ts';
import type {Action, Session} from './session.ts';
import type {SideEffects} from './sideEffects.ts';
import type {Shown} from './state.ts';

/** What a key may need to know and to do. */
export interface Context {
  readonly session: Session;
  readonly model: Model;
  readonly shown: Shown;
  /** How many lines the middle of the screen has. */
  readonly page: number;
  /** The text in view as it is broken into lines; empty if it is not a text. */
  textLines(): readonly string[];
  /** How far the text in view scrolls; 0 if it is not a text. */
  readonly lastScroll: number;
  dispatch(action: Action): void;
  readonly sideEffects: SideEffects;
  readonly services: Services;
  refresh(): void;
}

/** Says something in the line of status. */
export function inform({dispatch}: Context, text: string): void {
  dispatch({type: 'notice', notice: {tone: 'info', text}});
}
