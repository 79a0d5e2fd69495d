import {type Candidate, isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Via} from '../admission/rights.ts';
import {type FieldError, fieldErrorText} from '../kube/fieldError.ts';
import type {PodView} from '../kube/podView.ts';
import {kindText} from '../kube/workloadKinds.ts';
import type {ObjectReference} from '../rbac/authorize.ts';
import {count} from '../text.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';

const header = ['NAMESPACE', 'NAME', 'SERVICE ACCOUNT', 'POLICY', 'VIA', 'STATE'];
const wideHeader = [...header, 'REQUESTER', 'ROLE', 'CHANGES', 'MESSAGE'];

interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
}

/** A row for each pod or workload. Wide: also who requests it, what is changed, the API's message. */
export function whyTable(verdicts: readonly Verdict[], {wide, headers}: TableOptions): string {
  const columns = wide ? wideHeader : header;
  return table(
    headers ? columns : undefined,
    verdicts.map(verdict => (wide ? wideRow(verdict) : row(verdict))),
  );
}

function row({item, chosen, via, state, judgedForCaller}: Verdict): readonly string[] {
  return [
    item.namespace,
    nameOf(item),
    item.submission.serviceAccount,
    chosen?.policy.name ?? '',
    via[0] === undefined ? '' : shortViaText(via[0]),
    judgedForCaller ? `${state} (creator unknown: judged for you)` : state,
  ];
}

function wideRow(verdict: Verdict): readonly string[] {
  return [
    ...row(verdict),
    verdict.requester ?? '',
    verdict.via[0]?.role === undefined ? '' : referenceText(verdict.via[0].role),
    verdict.changes.map(({path}) => path).join(','),
    verdict.message ?? '',
  ];
}

/** `web-0` for a pod, `Deployment/web` for a workload. */
export function nameOf(item: Verdict['item']): string {
  return item.kind === 'Pod' ? item.name : `${kindText(item)}/${item.name}`;
}

/** Whose right and which binding; the role is in the wide table and the detail. */
function shortViaText({right, binding}: Via): string {
  const whose = right === 'serviceAccount' ? 'sa' : 'requester';
  return `${whose}: ${binding === undefined ? 'granted by the API server (binding unknown)' : referenceText(binding)}`;
}

function viaText({right, binding, role}: Via): string {
  const whose = right === 'serviceAccount' ? 'service account' : 'requester';
  if (binding === undefined || role === undefined)
    return `${whose}: granted by the API server (binding unknown)`;
  return `${whose}: ${referenceText(binding)} -> ${referenceText(role)}`;
}

export function referenceText({kind, name}: ObjectReference): string {
  return `${kind}/${name}`;
}

/** The whole story of one pod or workload, for people. `wide` adds the API's own words. */
export function whyDetail(verdict: Verdict, wide: boolean): string {
  const {item, chosen, candidates, via, changes, message, state} = verdict;
  const account = item.submission.serviceAccount;
  const lines = [
    `${nameOf(item)} in namespace ${item.namespace}: ${stateText(verdict)}`,
    '',
    `  Service account  ${account === '' ? 'none' : account}`,
    `  Requester        ${requesterText(verdict)}`,
    `  Policy           ${chosen?.policy.name ?? 'none'}`,
    ...via.map((way, index) => `  ${index === 0 ? 'Via' : '   '}              ${viaText(way)}`),
    ...(item.submission.isLivePod
      ? ['  Judged by        the live pod: it has no template here, and may already carry changes']
      : []),
    ...(state === 'drifted' || (item.admittedBy && item.admittedBy !== chosen?.policy.name)
      ? [`  Admitted by      ${item.admittedBy} (annotation kubernetes.io/psp)`]
      : []),
    ...(changes.length > 0 ? ['', 'Changes that the policy makes to the pod:'] : []),
    ...changes.map(({op, path, value}) => `  ${op} ${path} ${JSON.stringify(value)}`),
    '',
    'Policies in the order in which admission tries them:',
    ...candidates.flatMap(candidate => candidateLines(candidate, verdict, wide)),
    ...(candidates.length === 0 ? ['  none: the cluster has no PodSecurityPolicy'] : []),
    ...(message === undefined ? [] : ['', 'The API server says:', `  ${message}`]),
  ];
  return `${lines.map(escapeText).join('\n')}\n`;
}

function stateText({state, chosen, item}: Verdict): string {
  const name = chosen?.policy.name;
  switch (state) {
    case 'denied':
      return 'denied';
    case 'mutated':
      return `admitted by ${name}, which changes it`;
    case 'drifted':
      return `a restart would move it from ${item.admittedBy} to ${name}`;
    case 'ok':
      return `admitted by ${name}`;
  }
}

function requesterText({requester, judgedForCaller, item}: Verdict): string {
  if (judgedForCaller) return `${requester} (creator unknown: judged for you)`;
  if (requester !== undefined) return requester;
  return item.submission.isBare
    ? 'unknown: only the service account counts (see --requester)'
    : 'unknown operator: only the service account counts';
}

function candidateLines(candidate: Candidate, verdict: Verdict, wide: boolean): readonly string[] {
  const {policy, errors} = candidate;
  const mark = candidate === verdict.chosen ? '>' : ' ';
  const {view} = verdict.item.submission;
  return [
    `${mark} ${policy.name}: ${candidateText(candidate, verdict.chosen)}`,
    ...errors.flatMap(error => [
      `      - ${plainWords(error, view)}`,
      ...(wide ? [`        ${fieldErrorText(error)}`] : []),
    ]),
  ];
}

function candidateText(candidate: Candidate, chosen: Candidate | undefined): string {
  const {policy, rights, allowed, mutates, errors} = candidate;
  if (policy.unusable !== undefined) return `ignored by admission: ${policy.unusable}`;
  const right = isUsable(rights)
    ? `usable by the ${[...(rights.serviceAccount ? ['service account'] : []), ...(rights.requester ? ['requester'] : [])].join(' and the ')}`
    : 'not usable by this pod';
  if (!allowed) return `${right}, denies it (${count(errors.length, 'reason')})`;
  const fits = mutates ? 'would change it' : 'admits it unchanged';
  if (candidate === chosen) return `${right}, ${mutates ? 'changes it' : fits}: chosen`;
  return `${right}, ${fits}`;
}

/** A field error in words that name the container or volume instead of its number. */
export function plainWords({field, badValue, detail}: FieldError, pod: PodView): string {
  const container = pod.containers.find(({path}) => field.startsWith(`${path}.`));
  const volume = pod.volumes.find(({path}) => field === path || field.startsWith(`${path}.`));
  const last = field.slice(field.lastIndexOf('.') + 1);
  const what = detail === '' ? `${last} ${String(badValue)} is not allowed` : detail;
  if (container !== undefined) return `container "${container.name}": ${what} (${last})`;
  if (volume !== undefined) return `volume "${volume.name}": ${what}`;
  return `pod: ${what} (${field})`;
}
