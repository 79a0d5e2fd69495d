import {advise} from './advise/advise.ts';
import {applyCommand} from './apply/apply.ts';
import {audit} from './audit/audit.ts';
import {bind} from './bind/bind.ts';
import {unbind} from './bind/unbind.ts';
import {check} from './check/check.ts';
import type {Command} from './command.ts';
import {compare} from './compare/compare.ts';
import {completion} from './completion/completion.ts';
import {deletePolicyCommand} from './delete/delete.ts';
import {diff} from './diff/diff.ts';
import {getCommand} from './get/get.ts';
import {migrate} from './migrate/migrate.ts';
import {optionsCommand} from './options/options.ts';
import {policies} from './policies/policies.ts';
import {snapshot} from './snapshot/snapshot.ts';
import {summary} from './summary/summary.ts';
import {tryCommand} from './try/try.ts';
import {version} from './version/version.ts';
import {whoCanCommand} from './who-can/who-can.ts';
import {why} from './why/why.ts';

/** The one place where a command is registered, in the order of the help. */
export const commands: readonly Command[] = [
  advise,
  whoCanCommand,
  why,
  check,
  diff,
  compare,
  policies,
  tryCommand,
  bind,
  unbind,
  getCommand,
  applyCommand,
  deletePolicyCommand,
  audit,
  migrate,
  snapshot,
  completion,
  optionsCommand,
  version,
];

/** What runs when no command is named. */
export const rootCommand: Command = summary;
