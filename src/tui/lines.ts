import {judgeOf} from '../admission/judge.ts';
import type {Verdict} from '../admission/judgement.ts';
import {withDrafts} from '../effect/impact.ts';
import {isByLabels} from '../inventory/regime.ts';
import type {Policy} from '../kube/objects.ts';
import {adviceYaml, printablePolicy} from '../report/advice.ts';
import {printYaml} from '../yaml/documents.ts';
import {isVoid, voidLines} from './byLabels.ts';
import {describeLines} from './describe.ts';
import type {Draft} from './edit.ts';
import {findingLines} from './findingRows.ts';
import {walkSummary} from './guide.ts';
import {helpLines} from './keys.ts';
import {gapLines} from './marks.ts';
import type {Model} from './model.ts';
import type {RichLine} from './rich.ts';
import type {Services} from './services.ts';
import type {View} from './session.ts';
import {allWordsOf, type ShownLine} from './shownLines.ts';
import {policyOf} from './state.ts';
import {remember} from './store.ts';
import {verdictAfterTrial} from './trialRows.ts';
import {wayOffLines} from './wayOffLines.ts';
import {verdictNamed} from './waysIn.ts';
import {whyLines} from './whyLines.ts';

/** The policy as it would be written to a file. */
export function policyYaml(policy: Policy): string {
  return printYaml(printablePolicy(policy));
}

/** What the lines of a view are made of. */
type Source = readonly [
  view: View,
  model: Model,
  drafts: Readonly<Record<string, Draft>>,
  services: Services,
];

/** The lines of a view that is a text; undefined for the others. */
function linesIn(...[view, model, drafts, services]: Source): Iterable<ShownLine> | undefined {
  if (isVoid(view, model.inventory)) return voidLines(model.inventory);
  switch (view.name) {
    case 'why': {
      const verdict = verdictFor(view, model, drafts);
      return verdict === undefined
        ? ['Nothing that was read has this name; it may be gone.']
        : whyLines(verdict);
    }
    case 'diff': {
      const draft = drafts[view.policy];
      if (draft === undefined) return ['Nothing is changed.'];
      return services
        .diff(policyYaml(draft.base), policyYaml(draft.now), view.policy)
        .map(diffLine);
    }
    case 'walk': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && walkSummary(view, {...policy, model});
    }
    case 'advice': {
      const advice = adviceNamed(model, view);
      return advice === undefined
        ? ['Nothing that is known to run needs it any more.']
        : adviceYaml([advice], true).trimEnd().split('\n').map(yamlLine);
    }
    case 'finding':
      return findingLines(model, view.id);
    case 'wayOff':
      return wayOffLines(model, view.item, services).map(diffLine);
    case 'describe':
      return describeLines(model, view);
    case 'text':
      return view.lines.map(textLine);
    case 'gaps':
      return gapLines(model.inventory.gaps);
    case 'help':
      return helpLines(view.of, isByLabels(model.inventory)).map(helpLine);
    default:
      return undefined;
  }
}

/** A line of what a change does, which stands out where that is bad or not known; or of what differs. */
function textLine(line: string): RichLine {
  if (/ would be denied: \d+$/.test(line)) {
    return [{text: line, bold: true, tone: /unknown whether/.test(line) ? 'unknown' : 'bad'}];
  }
  return diffLine(line);
}

/** A line that is put in or taken out; whether that is good news is not known here. */
function diffLine(line: string): RichLine {
  if (line.startsWith('+')) return [{text: line, tone: 'moved'}];
  return line.startsWith('-') ? [{text: line, tone: 'dim'}] : line;
}

/** A line of YAML: what a comment says of it is quieter than what it is. */
function yamlLine(line: string): RichLine {
  return /^ *#/.test(line) ? [{text: line, tone: 'dim'}] : line;
}

/** A line of the help: a title, or a key, which stands out from what it does. */
function helpLine(line: string): RichLine {
  const [, key = '', does = ''] = /^( {2}\S+(?: \S+)*)( {2,}\S.*)$/.exec(line) ?? [];
  if (key !== '') return [{text: key, bold: true}, {text: does}];
  return /^\S.*[^.]$/.test(line) ? [{text: line, bold: true}] : line;
}

/** The same, all of them; computed again only if something is another value. */
export const rememberedLinesOf = remember((...source: Source): readonly ShownLine[] | undefined => {
  const lines = linesIn(...source);
  return lines && [...lines];
});

/** The first lines of a view that are not blank; the rest are never built. */
export function firstLinesOf(count: number, ...source: Source): readonly ShownLine[] | undefined {
  const lines = linesIn(...source);
  if (lines === undefined) return undefined;
  const first: ShownLine[] = [];
  for (const line of lines) {
    if (allWordsOf(line).trim() !== '') first.push(line);
    if (first.length >= count) break;
  }
  return first;
}

/** The verdict that a view of reasons is about, in the cluster or after an edit. */
function verdictFor(
  {item, after, trial}: Extract<View, {name: 'why'}>,
  model: Model,
  drafts: Readonly<Record<string, Draft>>,
): Verdict | undefined {
  if (trial !== undefined) return verdictAfterTrial(model, trial, item);
  const {inventory} = model;
  const verdict = verdictNamed(model, item);
  const edited = after === undefined ? undefined : policyOf(after, drafts, inventory);
  if (edited === undefined) return verdict;
  return verdict && judgeOf(withDrafts(inventory, [edited.now])).verdict(verdict.item);
}

export function adviceNamed(model: Model, view: Extract<View, {name: 'advice'}>) {
  return model.advice(view.scope, false).find(({policy}) => policy.metadata.name === view.policy);
}
