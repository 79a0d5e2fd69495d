import {policySet} from '../admission/admit.ts';
import {judgeOf} from '../admission/judge.ts';
import {admissionIn} from '../check/admissionIn.ts';
import type {CheckFinding} from '../check/answerCheck.ts';
import {isFilesAlone} from '../inventory/files/filesWorld.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import {persistentVolumes, workloadResources} from '../inventory/kinds/resources.ts';
import {askedIn} from '../inventory/native/nativeHome.ts';
import {isByLabels} from '../inventory/regime.ts';
import {itemsOf} from '../inventory/submissions/items.ts';
import {preparePolicy} from '../policy/evaluate.ts';
import {authorizerOf} from '../rbac/authorize.ts';
import {whoCan} from '../rbac/whoCan.ts';
import {byText} from '../text.ts';
import {agreeing} from './agreeing.ts';
import {contextOf, type Unanswered} from './context.ts';
import {type Audit, type Finding, severities} from './finding.ts';
import type {AuditRule, RuleFinding, RuleNeed} from './rule.ts';
import {noPolicy} from './rules/answers.ts';
import {admissionRules, labelRules, policyRules} from './rules/index.ts';
import {refusedPolicy} from './rules/unusable.ts';
import {objectText} from './words.ts';

/** What an audit is about. */
export interface AuditScope {
  /** Findings on what is in this namespace and on what is in none; undefined: all. */
  readonly namespace: string | undefined;
  /** Whether the inventory has all namespaces: else "unused" can't be said. */
  readonly isWhole: boolean;
}

/** The kinds that a need is for; the caller's rights count for pods without an owner alone. */
const resourcesOf: Readonly<Record<RuleNeed, readonly string[]>> = {
  rbac: ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'],
  workloads: workloadResources.map(({plural}) => plural),
  pods: ['pods'],
  labels: ['namespaces'],
  volumes: [persistentVolumes.plural],
};

/** All that the rules find, nothing ignored. Each template is judged once, however many its pods. */
export function auditOf(inventory: Inventory, {namespace, isWhole}: AuditScope): Audit {
  const authorizer = authorizerOf(inventory.rbac);
  const policies = policySet(
    inventory.policies.map(policy => preparePolicy(policy, inventory.release)),
  );
  const verdicts = itemsOf(inventory).map(judgeOf(inventory).verdict);
  const asked = rulesFor(inventory);
  const unanswered = asked.flatMap(rule => unansweredOf(rule, inventory.gaps, isWhole));
  const context = contextOf(inventory, policies, verdicts, authorizer, unanswered);
  const voids = new Map(unanswered.map(entry => [entry.rule, entry]));
  const isAbout = (place: string | undefined) =>
    namespace === undefined || place === undefined || place === namespace;
  const admission = admissionIn(inventory);
  const isAsked = admission === undefined || supposesAdmission(admission, inventory);
  const findings = asked.flatMap(rule =>
    answerOf(voids.get(rule.id), () => rule.find(context)).map(found =>
      findingOf(rule, isAsked ? found : conditional(rule, found)),
    ),
  );
  const names = policies.ordered.map(({name}) => name);
  return {
    inventory,
    namespace,
    admission,
    verdicts: verdicts.filter(({item}) => isAbout(item.namespace)),
    rights: whoCan(authorizer, {
      policies: names,
      namespace,
      identity: undefined,
      asked: askedIn(inventory),
    }),
    findings: agreeing(findings)
      .filter(({object}) => isAbout(object.namespace))
      .sort(bySeverity),
    ignored: [],
  };
}

/** Files are audited for a cluster that asks policies; of a cluster, that has to be known. */
function supposesAdmission({answer}: CheckFinding, inventory: Inventory): boolean {
  return answer === 'yes' || (answer === 'unknown' && isFilesAlone(inventory));
}

function conditional({isAboutAdmission}: AuditRule, found: RuleFinding): RuleFinding {
  return isAboutAdmission ? {...found, message: `${found.message}, if PSP admission is on`} : found;
}

/** The rules that are about what decides there. */
function rulesFor(inventory: Inventory): readonly AuditRule[] {
  const more = inventory.admissionPolicies === undefined ? [] : admissionRules;
  if (isByLabels(inventory)) return [...labelRules, ...more];
  return inventory.policies.length === 0 ? [refusedPolicy, noPolicy] : [...policyRules, ...more];
}

/** What of a rule has no answer; undefined if it has a whole one. */
function unansweredOf(
  rule: AuditRule,
  gaps: readonly Gap[],
  isWhole: boolean,
): readonly Unanswered[] {
  const resources = new Set(rule.needs.flatMap(need => resourcesOf[need]));
  const relevant = gaps.filter(({resource}) => resources.has(resource));
  const isCluster = rule.breadth === 'cluster' && rule.needs.length > 0;
  if (relevant.length === 0) {
    if (isWhole || !isCluster) return [];
    return [{rule: rule.id, namespaces: undefined, gaps: []}];
  }
  const isVoid = isCluster || relevant.some(gap => gap.namespace === undefined);
  const places = [...new Set(relevant.flatMap(gap => gap.namespace ?? []))].sort();
  return [{rule: rule.id, namespaces: isVoid ? undefined : places, gaps: relevant}];
}

function answerOf(
  void_: Unanswered | undefined,
  find: () => readonly RuleFinding[],
): readonly RuleFinding[] {
  if (void_ === undefined) return find();
  const {namespaces} = void_;
  if (namespaces === undefined) return [];
  return find().filter(({object}) => !namespaces.includes(object.namespace ?? ''));
}

function findingOf(rule: AuditRule, found: RuleFinding): Finding {
  const {severity = rule.severity, controls = [], ...rest} = found;
  return {rule: rule.id, id: `${rule.id}/${objectText(found.object)}`, severity, controls, ...rest};
}

function bySeverity(a: Finding, b: Finding): number {
  const rank = ({severity}: Finding) => severities.indexOf(severity);
  return rank(a) - rank(b) || byText(a.rule, b.rule) || byText(a.id, b.id);
}
