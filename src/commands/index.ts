import {advise} from './advise.ts';
import {audit} from './audit.ts';
import {bind} from './bind.ts';
import {check} from './check.ts';
import type {Command} from './command.ts';
import {compare} from './compare.ts';
import {completion} from './completion.ts';
import {diff} from './diff.ts';
import {policies} from './policies.ts';
import {snapshot} from './snapshot.ts';
import {summary} from './summary.ts';
import {tryCommand} from './try.ts';
import {unbind} from './unbind.ts';
import {version} from './version.ts';
import {whoCan} from './who-can.ts';
import {why} from './why.ts';

/** The one place where a command is registered, in the order of the help. */
export const commands: readonly Command[] = [
  advise,
  whoCan,
  why,
  check,
  diff,
  compare,
  policies,
  tryCommand,
  bind,
  unbind,
  audit,
  snapshot,
  completion,
  version,
];

/** What runs when no command is named. */
export const rootCommand: Command = summary;
