import {missingOf} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Via} from '../admission/rights.ts';
import {byText} from '../text.ts';
import {nameOf, referenceText} from './place.ts';
import {labelHeader, labelRow, wideLabelHeader} from './podSecurity/why.ts';
import {table} from './table.ts';

const header = ['NAMESPACE', 'NAME', 'SERVICE ACCOUNT', 'POLICY', 'VIA', 'STATE'];
const wideHeader = [...header, 'REQUESTER', 'ROLE', 'CHANGES', 'MESSAGE'];

interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  /** Whether the labels come last. */
  readonly showLabels: boolean;
}

/** A row for each pod or workload. Wide: also who requests it, what is changed, the API's message. */
export function whyTable(
  verdicts: readonly Verdict[],
  {wide, headers, showLabels}: TableOptions,
): string {
  const isByLabels = verdicts.some(({podSecurity}) => podSecurity !== undefined);
  const [narrow, whole] = isByLabels ? [labelHeader, wideLabelHeader] : [header, wideHeader];
  const columns = [...(wide ? whole : narrow), ...(showLabels ? ['LABELS'] : [])];
  const cellsOf = (verdict: Verdict) =>
    isByLabels ? labelRow(verdict, wide) : wide ? wideRow(verdict) : row(verdict);
  return table(
    headers ? columns : undefined,
    verdicts.map(verdict => [...cellsOf(verdict), ...(showLabels ? [labelsText(verdict)] : [])]),
  );
}

/** As kubectl's --show-labels has them. */
function labelsText({item}: Verdict): string {
  const own = item.workload === undefined ? item.labels : (item.workload.metadata.labels ?? {});
  const labels = Object.entries(own).sort(([one], [other]) => byText(one, other));
  return labels.map(([key, value]) => `${key}=${value}`).join(',') || '<none>';
}

function row(verdict: Verdict): readonly string[] {
  const {item, chosen, via, state, judgedForCaller, isByAnnotation, decision} = verdict;
  const missing = missingOf(decision);
  const remark =
    (missing !== undefined && ` (no ${missing.kind} ${missing.name})`) ||
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

/** Whose right and which binding; the role is in the wide table and the detail. */
function shortViaText({right, binding}: Via): string {
  const whose = right === 'serviceAccount' ? 'sa' : 'requester';
  return `${whose}: ${binding === undefined ? 'granted by the API server (binding unknown)' : referenceText(binding)}`;
}
