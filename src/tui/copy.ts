import {subjectWord} from '../grant/namedSubject.ts';
import {count} from '../text.ts';
import type {Context} from './context.ts';
import type {Described} from './describe.ts';
import {policyYaml, rememberedLinesOf} from './lines.ts';
import {bindingKey, bindingOfRow, rightOfRow} from './rightsRows.ts';
import {topOf, type View} from './session.ts';
import {allWordsOf} from './shownLines.ts';
import {policyOf} from './state.ts';

/** Something to copy, and what to call it. */
export interface Copied {
  readonly text: string;
  readonly what: string;
}

/** What `y` copies: the name of the chosen row, a text whole, the YAML of a policy under the editor. */
export function copiedFrom({session, model, shown, services}: Context): Copied | undefined {
  const {view} = topOf(session);
  if (view.name === 'policy') {
    const policy = policyOf(view.policy, session.drafts, model.inventory);
    return policy && {text: policyYaml(policy.now), what: `the YAML of ${view.policy}`};
  }
  const row = shown.rows[shown.cursor];
  if (shown.table === undefined || row === undefined) {
    const lines = rememberedLinesOf(view, model, session.drafts, services);
    return lines && {text: `${lines.map(allWordsOf).join('\n')}\n`, what: 'the text'};
  }
  const named = (text: string) => ({text, what: text});
  switch (view.name) {
    case 'subjects': {
      const right = rightOfRow(row);
      return right && named(subjectWord(right.subject));
    }
    case 'rights':
      return named(rightOfRow(row)?.policy ?? row.key);
    case 'findings': {
      const finding = model.findings.find(({id}) => id === row.key);
      return finding && named(finding.remedy);
    }
    default:
      return named(row.key.split('/').at(-1) ?? row.key);
  }
}

/** The command lines that a text shows, as `Y` copies them: one a line, ready for a shell; undefined if it shows none. */
export function commandsFrom({session, model, services}: Context): Copied | undefined {
  const lines = rememberedLinesOf(topOf(session).view, model, session.drafts, services) ?? [];
  const commands = lines.flatMap(line => shownCommand.exec(allWordsOf(line))?.[1] ?? []);
  const what = `${count(commands.length, 'command', 'commands')}: ${commands[0] ?? ''}`;
  return commands.length === 0 ? undefined : {text: `${commands.join('\n')}\n`, what};
}

/** A command line has the rest of a line, behind a column of words or a prompt; words about kubectl are none. */
const shownCommand =
  /(?:^| {2}|^\$ )(kubectl (?:psp|annotate|apply|create|delete|label|patch|replace|rollout) .+)$/;

/** What `d` describes: what the chosen row is about, or the pod of a view of reasons. */
export function describedBy({session, model, shown}: Context): View | undefined {
  const {view} = topOf(session);
  const row = shown.rows[shown.cursor];
  const described = (what: Described, key: string): View => ({name: 'describe', what, key});
  if (view.name === 'why') return described('item', view.item);
  if (row === undefined) return undefined;
  switch (view.name) {
    case 'namespaces':
      return described('namespace', row.key);
    case 'migrate':
      return view.namespace === undefined ? described('namespace', row.key) : row.enter;
    case 'accounts':
      return described('account', `${view.namespace}/${row.key}`);
    case 'pods':
    case 'impact':
      return described('item', row.key);
    case 'policies':
      return described('policy', row.key);
    case 'workloads':
      return row.enter?.name === 'why' ? described('item', row.enter.item) : undefined;
    case 'grants':
      return described('binding', row.key);
    case 'subjects':
    case 'rights': {
      const grants = model.authorizer.grants.map(({binding}) => bindingKey(binding));
      const key = bindingOfRow(row);
      return grants.includes(key) ? described('binding', key) : undefined;
    }
    default:
      return undefined;
  }
}
