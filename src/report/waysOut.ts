import {missingOf} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {remarkLines} from '../admission/reasons.ts';
import {isInvalidByItself} from '../admission/validation.ts';
import type {WayByUse} from '../admission/waysOut.ts';
import {commandLine} from '../audit/remedies.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {kindText} from '../kube/workloadKinds.ts';

/** What would let a pod in, with the line to type for each way; nothing for one that is admitted. */
export function waysOutLines(verdict: Verdict): readonly string[] {
  if (verdict.allowed || verdict.decision.kind === 'admitted') return [];
  const {byUse, byChange} = verdict.waysOut;
  const lines = [
    ...wayLines(byUse, verdict.item),
    ...(byChange === undefined
      ? []
      : [
          `${byUse.length > 0 ? 'Or change' : 'Change'} ${changedPart(verdict.item)}, and ${byChange.policy.name} admits it:`,
          ...remarkLines(byChange.changes).map(line => `  - ${line}`),
        ]),
  ];
  return lines.length > 0 ? ['', ...lines] : noWayLines(verdict);
}

function wayLines(ways: readonly WayByUse[], item: Item): readonly string[] {
  const first = ways.filter(({opensMore}) => !opensMore);
  const looser = ways.filter(({opensMore}) => opensMore).map(({policy}) => policy.name);
  const unchanged = first.filter(({mutates}) => !mutates);
  const changing = first.filter(({mutates}) => mutates);
  const rows = [...unchanged, ...changing].map(way => [
    `${way.policy.name}${way.mutates ? ', which changes it' : ''}`,
    bindLine(way, item),
  ]);
  const width = Math.max(0, ...rows.map(([name = '']) => name.length));
  return [
    ...(ways.length > 0 ? ['Would be let in by:'] : []),
    ...rows.map(([name = '', line]) => `  ${name.padEnd(width)}   ${line}`),
    ...(looser.length > 0 ? [`  and by looser ones: ${looser.join(', ')}`] : []),
  ];
}

/** The command that opens a policy to the pod. */
export function bindLine({policy, to}: WayByUse, {namespace}: Item): string {
  const isAccount = to.kind === 'ServiceAccount';
  const subject = isAccount ? `sa:${to.namespace}/${to.name}` : `user:${to.name}`;
  const place = isAccount ? [] : ['-n', namespace];
  return commandLine('kubectl', 'psp', 'bind', policy.name, '--to', subject, ...place);
}

/** What has to be changed so that pods come out otherwise. */
function changedPart({submission: {isLivePod, isBare}}: Item): string {
  return isLivePod || isBare ? 'the pod' : 'the pod template';
}

/** Where no policy that is there would do, one can be made: but not for a pod that is invalid, or lacks more than that. */
function noWayLines({item, candidates, state, decision}: Verdict): readonly string[] {
  if (state !== 'denied' || isInvalidByItself(item.submission)) return [];
  if (missingOf(decision) !== undefined) return [];
  const line = commandLine('kubectl', 'psp', 'advise', argumentFor(item), '-n', item.namespace);
  const none = candidates.length === 0 ? [] : ['None of the policies is known to let it in.'];
  return ['', ...none, `To write one that does: ${line} --grant`];
}

/** As it is named on a command line: `deployment/web`, `pod/web-0`. */
function argumentFor(item: Item): string {
  return `${kindText(item).toLowerCase()}/${item.workload?.metadata.name ?? item.name}`;
}
