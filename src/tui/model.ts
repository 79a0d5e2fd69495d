import {judgeOf} from '../admission/judge.ts';
import type {Verdict} from '../admission/judgement.ts';
import {type Advice, adviceFor} from '../advice/advice.ts';
import type {Scope} from '../advice/scope.ts';
import type {Finding} from '../audit/finding.ts';
import type {VerdictGroup} from '../audit/groups.ts';
import {auditOf} from '../audit/index.ts';
import {admissionOf, type CheckVerdict} from '../check/answerCheck.ts';
import {admissionFactsOf} from '../check/checkFacts.ts';
import {type LabelSummary, labelSummaries} from '../effect/labelSummary.ts';
import {type NamespaceSummary, summaryOf} from '../effect/summary.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {askedIn} from '../inventory/native/nativeHome.ts';
import {mayAskNoPolicy} from '../inventory/noPolicies.ts';
import {isByLabels} from '../inventory/regime.ts';
import {templatesOf} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import {withNativeFacts} from '../migrate/native/nativeDrift.ts';
import {isNonEmpty} from '../nonEmpty.ts';
import {keyed, once, weaklyKeyed} from '../once.ts';
import {leastPolicy} from '../policy/least.ts';
import {type Authorizer, authorizerOf, podIdentity} from '../rbac/authorize.ts';
import type {AskedForUse} from '../rbac/leaks.ts';
import {possibleRights} from '../rbac/possibleRights.ts';
import {type UnreadRbac, unreadRbac} from '../rbac/unreadRbac.ts';
import {type UseRight, whoCan} from '../rbac/whoCan.ts';
import {auditedInTurn, stillInTurn} from './calm.ts';
import {
  boundInAll,
  couldServeIn,
  groupsIn,
  marksInAll,
  type NamespacePart,
  partsInTurn,
  perhapsBoundIn,
  verdictsIn,
} from './parts.ts';
import {remember} from './store.ts';

/** Everything the views show, computed from one inventory; each part when it is first asked for. */
export interface Model {
  readonly inventory: Inventory;
  /** What is in each namespace, and how it is judged. */
  readonly parts: readonly NamespacePart[];
  /** The inventory without the pods that a workload speaks for: the same one while only those change. */
  readonly still: Inventory;
  /** All pods, and workloads without one. */
  readonly verdicts: readonly Verdict[];
  readonly namespaces: readonly NamespaceSummary[];
  /** The same where the labels of namespaces decide. */
  readonly labelled: readonly LabelSummary[];
  readonly authorizer: Authorizer;
  /** Whether the admission plugin is on, as far as the pods tell. */
  readonly admission: CheckVerdict;
  readonly rights: readonly UseRight[];
  /** The verdicts of the pods that bind to each policy, by its name. */
  readonly boundTo: ReadonlyMap<string, readonly Verdict[]>;
  /** The policies that pods could bind to of which nobody can tell. */
  readonly perhapsBound: ReadonlySet<string>;
  /** The policies that some pod may use and that would let it in. */
  readonly couldServe: ReadonlySet<string>;
  /** What of RBAC was not read. */
  readonly unread: UnreadRbac;
  /** The policies that a service account may use, in the order in which they are tried. */
  usableBy(namespace: string, account: string): readonly string[];
  /** Those that it could use by rights that were not read. */
  perhapsUsableBy(namespace: string, account: string): readonly string[];
  /** The verdicts by the workload, or the pod of its own, that they are about. */
  readonly groups: readonly VerdictGroup[];
  /** What an audit finds, the most serious first. */
  readonly findings: readonly Finding[];
  /** What the pods that bind to a policy need of it at least; undefined if none does. */
  leastFor(policy: string): Policy | undefined;
  advice(scope: Scope, mayFill: boolean): readonly Advice[];
}

/** The model of an inventory; the same one for the same inventory. */
export const modelOf: (inventory: Inventory) => Model = weaklyKeyed(makeModel);

/** What verdicts depend on where policies decide: never on the labels of namespaces, which others do. */
const noNamespaces: Inventory['namespaces'] = [];

const judgeFrom = remember(
  (
    policies: Inventory['policies'],
    rbac: Inventory['rbac'],
    namespaces: Inventory['namespaces'],
    gaps: Inventory['gaps'],
    origin: Inventory['origin'],
    policyApi: Inventory['policyApi'],
    admissionPolicies: Inventory['admissionPolicies'],
    serverVersion: Inventory['serverVersion'],
    podSecurity: Inventory['podSecurity'],
    release: Inventory['release'],
    runtimeClasses: Inventory['runtimeClasses'],
    native: Inventory['native'],
    mayAskNone: boolean,
  ) => {
    const facts = {origin, policyApi, serverVersion, podSecurity, release, caller: undefined};
    const home = {admissionPolicies, native, runtimeClasses};
    const source = {policies, rbac, namespaces, gaps, ...facts, ...home};
    return weaklyKeyed(judgeOf(source, {mayAskNone}).verdict);
  },
);

const partsFrom = partsInTurn();
const stillFrom = stillInTurn();
const auditedFrom = auditedInTurn();
const findingsFrom = remember(
  (inventory: Inventory) => auditOf(inventory, {namespace: undefined, isWhole: true}).findings,
);
const templatesFrom = remember(templatesOf);
const authorizerFrom = remember(authorizerOf);
const rightsFrom = remember(
  (authorizer: Authorizer, policies: Inventory['policies'], asked: AskedForUse) => {
    const names = policies.map(({metadata}) => metadata.name).sort();
    return whoCan(authorizer, {policies: names, namespace: undefined, identity: undefined, asked});
  },
);

function makeModel(read: Inventory): Model {
  const inventory = withNativeFacts(read);
  const parts = once(() => {
    const {origin, policies, rbac, gaps} = inventory;
    const {policyApi, admissionPolicies, serverVersion, podSecurity, release} = inventory;
    const areLabelsAsked = isByLabels(inventory) || admissionPolicies !== undefined;
    const namespaces = areLabelsAsked ? inventory.namespaces : noNamespaces;
    const judge = judgeFrom(
      policies,
      rbac,
      namespaces,
      gaps,
      origin,
      policyApi,
      admissionPolicies,
      serverVersion,
      podSecurity,
      release,
      inventory.runtimeClasses,
      inventory.native,
      mayAskNoPolicy(inventory),
    );
    return partsFrom(inventory, judge);
  });
  const verdicts = once(() => parts().flatMap(part => part.verdicts));
  const namespaces = once(() => summaryOf(inventory, verdictsIn(parts()), undefined));
  const labelled = once(() => labelSummaries(inventory, verdictsIn(parts()), undefined));
  const admission = once(() => {
    const facts = admissionFactsOf(inventory, marksInAll(parts(), inventory.origin));
    return admissionOf({...facts, probe: undefined}).answer;
  });
  const authorizer = once(() => authorizerFrom(inventory.rbac));
  const names = inventory.policies.map(({metadata}) => metadata.name).sort();
  const rights = once(() => rightsFrom(authorizer(), inventory.policies, askedIn(inventory)));
  const boundTo = once(() => boundInAll(parts()));
  const unread = once(() => unreadRbac(inventory));
  const possible = once(() => possibleRights(inventory.rbac, authorizer(), unread()));
  const perhapsBound = once(() => new Set(parts().flatMap(perhapsBoundIn)));
  const couldServe = once(() => new Set(parts().flatMap(couldServeIn)));
  const groups = once(() => parts().flatMap(groupsIn));
  const findings = once(() => findingsFrom(auditedFrom(inventory, parts())));
  const still = once(() => stillFrom(inventory, parts()));
  const templates = once(() => templatesFrom(still()));
  const least = keyed((policy: string) => {
    const submissions = new Set((boundTo().get(policy) ?? []).map(({item}) => item.submission));
    const views = [...submissions].map(({view}) => view);
    return isNonEmpty(views) ? leastPolicy(policy, views, false) : undefined;
  });
  const advice = keyed((key: string) => {
    const [scope, fill] = key.split(' ');
    return adviceFor(templates(), scope as Scope, fill === 'true');
  });
  return {
    inventory,
    get parts() {
      return parts();
    },
    get verdicts() {
      return verdicts();
    },
    get namespaces() {
      return namespaces();
    },
    get labelled() {
      return labelled();
    },
    get admission() {
      return admission();
    },
    get authorizer() {
      return authorizer();
    },
    get rights() {
      return rights();
    },
    get boundTo() {
      return boundTo();
    },
    get perhapsBound() {
      return perhapsBound();
    },
    get still() {
      return still();
    },
    get couldServe() {
      return couldServe();
    },
    get unread() {
      return unread();
    },
    perhapsUsableBy(namespace, account) {
      const may = possible().mayUse(podIdentity(namespace, account), namespace);
      return names.filter(name => may(name) === undefined);
    },
    get groups() {
      return groups();
    },
    get findings() {
      return findings();
    },
    usableBy(namespace, account) {
      const may = authorizer().usableBy(podIdentity(namespace, account), namespace);
      return names.filter(may);
    },
    leastFor: least,
    advice: (scope, mayFill) => advice(`${scope} ${mayFill}`),
  };
}
