import {advise} from './advise.ts';
import type {Command} from './command.ts';
import {completion} from './completion.ts';
import {snapshot} from './snapshot.ts';
import {summary} from './summary.ts';
import {version} from './version.ts';
import {whoCan} from './who-can.ts';
import {why} from './why.ts';

/** The one place where a command is registered, in the order of the help. */
export const commands: readonly Command[] = [advise, whoCan, why, snapshot, completion, version];

/** What runs when no command is named. */
export const rootCommand: Command = summary;
