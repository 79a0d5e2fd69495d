import type {Advice, Change} from '../advice/advice.ts';
import {grantObjects} from '../advice/advice.ts';
import type {Impossible} from '../advice/upgradeAdvice.ts';
import {controls} from '../controls/index.ts';
import {seccompPodKey} from '../kube/annotations.ts';
import {policyVersion} from '../kube/apiGroups.ts';
import {pointer} from '../kube/edits.ts';
import type {Policy} from '../kube/objects.ts';
import {type Release, releaseName} from '../kube/release.ts';
import {levelText, policyLevel} from '../policy/level.ts';
import {printYaml} from '../yaml/documents.ts';
import {escapeText} from './escape.ts';
import {nameOf, printedPlace} from './place.ts';
import {table} from './table.ts';

/** How many names of workloads a comment holds before it says how many more there are. */
const namesInComment = 5;

/** The policies, and their grants if wanted, as a YAML stream for `kubectl apply -f -`. */
export function adviceYaml(advices: readonly Advice[], withGrants: boolean): string {
  return advices
    .flatMap(advice => [
      header(advice) + printYaml(printablePolicy(advice.policy), {comments: commentsFor(advice)}),
      ...(withGrants ? grantObjects(advice).map(object => printYaml(object)) : []),
    ])
    .join('---\n');
}

/** The policy as an object of the API, its fields in the API's order. */
export function printablePolicy({metadata, spec}: Policy): object {
  const {name, annotations} = metadata;
  return {
    apiVersion: policyVersion,
    kind: 'PodSecurityPolicy',
    metadata: {
      name,
      annotations: annotations && Object.keys(annotations).length > 0 ? annotations : undefined,
    },
    spec,
  };
}

/** What the policy is for, and what it changes all the same. */
function header({policy, items, changes, upgrade}: Advice): string {
  const lines = [
    `Least privilege for ${listed(items.map(item => `${item.namespace}/${nameOf(item)}`))}`,
    ...(upgrade === undefined ? [] : [`Right on ${releasesOf(items, upgrade).join(' and on ')}`]),
    ...items
      .filter(({submission}) => submission.isLivePod)
      .map(item => `${nameOf(item)} is judged by its live pod: its template is not known`),
    ...changes.flatMap(change => changeLines(change, policy)),
  ];
  return comment(lines);
}

function releasesOf([{submission}]: Advice['items'], upgrade: Release): readonly string[] {
  return [submission.view.release, upgrade].map(releaseName);
}

/** Lines as a comment of YAML. */
export function comment(lines: readonly string[]): string {
  return lines.map(line => `# ${escapeText(line)}\n`).join('');
}

const seccompPointer = pointer(['metadata', 'annotations', seccompPodKey]);

function changeLines({item, edits}: Change, policy: Policy): readonly string[] {
  const unavoidable = item.submission.view.seccompField !== undefined;
  return edits.map(({path, value}) =>
    path === seccompPointer && unavoidable
      ? `${nameOf(item)} sets a pod-level seccompProfile: ${releaseName(item.submission.view.release)} writes its annotation under every policy, so ${policy.metadata.name} counts as changing it`
      : `would change ${nameOf(item)}: ${path} = ${JSON.stringify(value)}`,
  );
}

/** What needs a field, above it, by its JSON pointer. */
export function commentsFor({
  policy,
  reasons,
}: Pick<Advice, 'policy' | 'reasons'>): ReadonlyMap<string, readonly string[]> {
  const comments = new Map<string, string[]>(remarksOn(policy));
  for (const {field, need, items} of reasons) {
    const lines = comments.get(field) ?? [];
    lines.push(escapeText(`${need}: ${listed(items.map(nameOf))}`));
    comments.set(field, lines);
  }
  return comments;
}

/** What a reader of the policy should know of its values, by the JSON pointers of their fields. */
function remarksOn(policy: Policy): readonly [string, string[]][] {
  const unset = controls.filter(
    ({describe, describeForPeople: say}) => describe(policy) !== say(policy),
  );
  const isWritable = policy.spec.allowedHostPaths?.some(({readOnly}) => !readOnly) === true;
  return [
    ...unset.map((one): [string, string[]] => [one.field, [one.describeForPeople(policy)]]),
    ...(isWritable ? [[hostPathsPointer, [writablePath]] satisfies [string, string[]]] : []),
  ];
}

const hostPathsPointer = pointer(['spec', 'allowedHostPaths']);
const writablePath =
  'a writable host path is not confined to its prefix: a link that a pod makes there leads anywhere';

/** The first names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, namesInComment).join(', ');
  const more = distinct.length - namesInComment;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A line a policy: what it is for and how open it is. */
export function adviceTable(advices: readonly Advice[], headers: boolean): string {
  return table(
    headers ? ['POLICY', 'NAMESPACE', 'SUBJECTS', 'WORKLOADS', 'LEVEL'] : undefined,
    advices.map(({policy, namespace, grantees, items}) => [
      policy.metadata.name,
      namespace ?? '<cluster>',
      grantees.map(grantee => grantee.name).join(','),
      String(items.length),
      levelText(policy),
    ]),
  );
}

/** One advice as machine output has it. */
export function printedAdvice(advice: Advice, withGrants: boolean): object {
  const {policy, namespace, grantees, items, reasons, changes, upgrade} = advice;
  return {
    name: policy.metadata.name,
    namespace: namespace ?? null,
    subjects: grantees,
    level: policyLevel(policy),
    releases: upgrade && releasesOf(items, upgrade),
    workloads: items.map(printedPlace),
    policy: printablePolicy(policy),
    grants: withGrants ? grantObjects(advice) : undefined,
    controls: controls.map(({id, describe}) => ({id, value: describe(policy)})),
    reasons: reasons.map(({field, need, items: having}) => ({
      field,
      need,
      workloads: having.map(printedPlace),
    })),
    changes: changes.map(({item, edits}) => ({...printedPlace(item), edits})),
  };
}

/** For what no least policy is right on both releases, and why. */
export function impossibleText({items, reasons}: Impossible): string {
  const names = listed(items.map(item => `${item.namespace}/${nameOf(item)}`));
  return `no least policy for ${names} is right on both releases: take one before the upgrade, and another one after it. ${reasons.join('. ')}`;
}

export function printedImpossible({name, items, reasons}: Impossible): object {
  return {name, workloads: items.map(printedPlace), reasons};
}
