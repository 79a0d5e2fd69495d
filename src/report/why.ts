import {type Candidate, isPerhapsUsable, isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Via} from '../admission/rights.ts';
import {isInvalidByItself} from '../admission/validation.ts';
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

function row(verdict: Verdict): readonly string[] {
  const {item, chosen, via, state, judgedForCaller, isByAnnotation, decision} = verdict;
  const remark =
    (judgedForCaller && ' (creator unknown: judged for you)') ||
    (isByAnnotation && ' (by its annotation)') ||
    (decision.kind === 'invalid' && ' (invalid)') ||
    '';
  return [
    item.namespace,
    nameOf(item),
    item.submission.serviceAccount,
    chosen?.policy.name ?? '',
    via[0] === undefined ? '' : shortViaText(via[0]),
    `${state}${remark}`,
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
  const {candidates} = verdict;
  const lines = [
    ...whyFacts(verdict),
    '',
    triedTitle,
    ...candidates.flatMap(candidate => candidateLines(candidate, verdict, wide)),
    ...(candidates.length === 0 ? ['  none: there is no PodSecurityPolicy'] : []),
    ...whyMessage(verdict),
  ];
  return `${lines.map(escapeText).join('\n')}\n`;
}

/** What stands above the list of policies. */
export const triedTitle = 'Policies in the order in which admission tries them:';

/** The first part of that story: the verdict, whose pod it is, and what becomes of it. Not yet safe to show. */
export function whyFacts(verdict: Verdict): readonly string[] {
  const {item, chosen, via, changes, state} = verdict;
  const account = item.submission.serviceAccount;
  return [
    `${nameOf(item)} in namespace ${item.namespace}: ${stateText(verdict)}`,
    '',
    `  Service account  ${account === '' ? 'none' : account}`,
    `  Requester        ${requesterText(verdict)}`,
    `  Policy           ${chosen?.policy.name ?? (state === 'unknown' ? 'unknown' : 'none')}`,
    ...unknownLines(verdict),
    ...via.map((way, index) => `  ${index === 0 ? 'Via' : '   '}              ${viaText(way)}`),
    ...(item.submission.isLivePod
      ? ['  Judged by        the live pod: it has no template here, and may already carry changes']
      : []),
    ...(state === 'drifted' || (item.admittedBy && item.admittedBy !== chosen?.policy.name)
      ? [`  Admitted by      ${item.admittedBy} (annotation kubernetes.io/psp)`]
      : []),
    ...(changes.length > 0 ? ['', 'Changes that the policy makes to the pod:'] : []),
    ...changes.map(({op, path, value}) => `  ${op} ${path} ${JSON.stringify(value)}`),
  ];
}

/** What the answer depends on, one a line. */
function unknownLines({unknown}: Verdict): readonly string[] {
  return unknown.map(
    ({about, needs}, index) =>
      `  ${index === 0 ? 'Depends on' : '          '}       ${about} (${needs})`,
  );
}

/** The last part: the API server's own words, if it would say any. Not yet safe to show. */
export function whyMessage({message, state}: Verdict): readonly string[] {
  if (message !== undefined) return ['', 'The API server says:', `  ${message}`];
  return state === 'denied'
    ? ['', 'The API server would deny it; its words depend on rights that are not known here.']
    : [];
}

function stateText(verdict: Verdict): string {
  const {state, chosen, item, decision} = verdict;
  const name = chosen?.policy.name;
  const how = verdict.isByAnnotation ? ', by its annotation' : '';
  switch (state) {
    case 'denied':
      return decision.kind === 'invalid' ? invalidText(decision.chosen, verdict) : 'denied';
    case 'unknown':
      return verdict.allowed ? 'admitted, by a policy that is unknown' : 'unknown';
    case 'mutated':
      return `admitted by ${name}${how}, which changes it`;
    case 'drifted':
      return `a restart would move it from ${item.admittedBy} to ${name}`;
    case 'ok':
      return `admitted by ${name}${how}`;
  }
}

/** Who makes a pod invalid that a policy lets in. */
function invalidText({policy, mutates}: Candidate, {item}: Verdict): string {
  return mutates && !isInvalidByItself(item.submission)
    ? `denied: what ${policy.name} writes into it makes it invalid`
    : 'denied: it is invalid, whatever the policies say';
}

function requesterText({requester, judgedForCaller, item}: Verdict): string {
  if (judgedForCaller) return `${requester} (creator unknown: judged for you)`;
  if (requester !== undefined) return requester;
  return item.submission.isBare
    ? 'unknown, but logged in (see --requester)'
    : 'unknown operator, but logged in';
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
    : isPerhapsUsable(rights)
      ? 'perhaps usable'
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
