import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Loss} from '../../migrate/native/losses.ts';
import {escapeText} from '../../report/escape.ts';
import {count} from '../../text.ts';
import type {World} from '../world.ts';

/** Says on standard error what is not kept. */
export function tellLosses(world: World, losses: readonly Loss[]): ExitCode {
  if (losses.length === 0) return exitCodes.ok;
  const byText = Map.groupBy(losses, ({says}) => says);
  for (const [says, same] of byText) {
    const names = same.flatMap(({policy}) => policy ?? []);
    const shown = names.slice(0, namesShown).join(', ');
    const more =
      names.length > namesShown ? ` and ${count(names.length - namesShown, 'other')}` : '';
    world.warn(escapeText(`lost: ${names.length === 0 ? '' : `${shown}${more}: `}${says}`));
  }
  return exitCodes.no;
}

const namesShown = 5;
