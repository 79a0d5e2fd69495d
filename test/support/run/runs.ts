import {isThorough} from '../kubernetes/reference.ts';

/** How often to try what holds for anything: `whole` times where time matters less, else a third of that. */
export function runsOf(whole: number): number {
  return isThorough ? whole : Math.ceil(whole / 3);
}
