import {controlById} from '../controls/index.ts';
import {type Draft, isEdited} from './edit.ts';
import type {View} from './session.ts';

type Drafts = Readonly<Record<string, Draft>>;

/** What a view is called on the way to it: `Pods of shop`. */
export function titleOf(view: View, drafts: Drafts): string {
  const title = titles[view.name] as (of: View, edited: Drafts) => string;
  return title(view, drafts);
}

type Titles = {
  readonly [N in View['name']]: (view: Extract<View, {readonly name: N}>, drafts: Drafts) => string;
};

const titles: Titles = {
  namespaces: () => 'Namespaces',
  accounts: view => view.namespace,
  pods: view =>
    view.account ?? view.policy ?? (view.namespace ? `Pods of ${view.namespace}` : 'Pods'),
  why: ({item, after, trial}) => `Why ${item.split('/').at(-1)}${whyRemark(after, trial)}`,
  waysIn: () => 'Ways in',
  policies: () => 'Policies',
  policy({policy}, drafts) {
    const draft = drafts[policy];
    return `${policy}${draft !== undefined && isEdited(draft) ? '*' : ''}`;
  },
  values: view => controlById[view.control].title,
  walk: () => 'Guide',
  impact: () => 'Impact',
  diff: () => 'Diff',
  advise: view => `Advise for each ${view.scope}${ofNamespace(view.namespace)}`,
  advice: view => view.policy,
  subjects: view => `Who may use ${view.policy}`,
  rights: view => `What ${view.subject} may use`,
  grants: view => `Grants${ofNamespace(view.namespace)}`,
  workloads: view => `${view.kind ?? 'Workload'}s${ofNamespace(view.namespace)}`,
  findings: view => `Findings${ofNamespace(view.namespace)}`,
  finding: view => view.id,
  migrate: view => `Way off${ofNamespace(view.namespace)}`,
  wayOff: view => view.item.split('/').at(-1) ?? view.item,
  trial: view => `Try ${view.path}`,
  describe: view => `${view.key.split('/').at(-1)} (YAML)`,
  text: view => view.title,
  gaps: () => 'Not readable',
  help: () => 'Help',
};

function whyRemark(after: string | undefined, trial: unknown): string {
  if (after !== undefined) return ' (after the edit)';
  return trial === undefined ? '' : ' (after the change)';
}

function ofNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` of ${namespace}`;
}
