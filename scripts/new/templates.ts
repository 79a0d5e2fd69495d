import {newCommand} from './command.ts';
import type {Name, Scaffold} from './made.ts';
import {newRule} from './rule.ts';
import {newView} from './view.ts';

export type Kind = 'rule' | 'command' | 'view';

/** What there is to make, by what it is called on the command line. */
export const scaffolds: Readonly<Record<Kind, (name: Name) => Scaffold>> = {
  rule: newRule,
  command: newCommand,
  view: newView,
};
