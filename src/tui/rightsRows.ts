import type {Verdict} from '../admission/judgement.ts';
import {subjectNamed, subjectWord} from '../grant/namedSubject.ts';
import {identityOf} from '../grant/verifyRights.ts';
import {askedIn} from '../inventory/native/nativeHome.ts';
import {type Grant, type ObjectReference, podIdentity} from '../rbac/authorize.ts';
import {type Grantee, granteesOf, isPartOf} from '../rbac/grantee.ts';
import {type UseRight, whoCan} from '../rbac/whoCan.ts';
import {byText, count} from '../text.ts';
import {levelCell} from './levels.ts';
import type {Model} from './model.ts';
import {cellValue, type Row, type Table} from './table.ts';
/** What a row of rights stands for. */
export interface RightAt {
  readonly policy: string;
  readonly subject: Grantee;
  readonly namespace: string | undefined;
}

/** Who may use a policy: a row for each subject and the binding that lets it. */
export function subjectTable(model: Model, policy: string): Table {
  const rights = model.rights.filter(right => right.policy === policy);
  const bound = model.boundTo.get(policy) ?? [];
  return {
    caption: `${unreadRemark(model)}Who may use ${policy}, and through which binding; PODS are let in by it`,
    columns: ['SUBJECT', 'IN', 'BINDING', 'ROLE', 'PODS'],
    spare: ['ROLE'],
    empty: model.unread.isAny ? 'Nobody that could be read.' : 'Nobody may use it.',
    rows: mostPodsFirst(
      rights.flatMap(right =>
        right.via.map(({binding, role}) => ({
          key: rightKey(right, binding),
          cells: [
            subjectWord(right.subject),
            right.namespace ?? '(cluster)',
            binding.name,
            role.name,
            letInBy(bound, right.subject, binding),
          ],
          enter: {name: 'rights', subject: subjectWord(right.subject)} as const,
        })),
      ),
    ),
  };
}

/** Those that matter come first; of as many pods, in the order of the policies and subjects. */
function mostPodsFirst(rows: readonly Row[]): readonly Row[] {
  const pods = ({cells}: Row) => Number(cellValue(cells.at(-1) ?? 0));
  return rows.toSorted((one, other) => pods(other) - pods(one));
}

/** Which policies a subject may use: a row for each policy and the binding that lets it. */
export function rightTable(model: Model, word: string): Table {
  const subject = subjectNamed(word)?.subject;
  const rights = subject === undefined ? [] : rightsOf(model, subject);
  const policies = new Map(model.inventory.policies.map(each => [each.metadata.name, each]));
  return {
    caption: `${unreadRemark(model)}What ${word} may use, in the order in which policies are tried`,
    columns: ['POLICY', 'LEVEL', 'IN', 'AS', 'BINDING', 'ROLE', 'PODS'],
    spare: ['ROLE', 'LEVEL'],
    empty: model.unread.isAny ? 'No policy that could be read.' : 'It may use no policy.',
    rows: rights.flatMap(right => {
      const policy = policies.get(right.policy);
      const bound = (model.boundTo.get(right.policy) ?? []).filter(
        verdict => subject !== undefined && isOf(verdict, subject),
      );
      return right.via.map(({binding, role}) => ({
        key: rightKey(right, binding),
        cells: [
          right.policy,
          policy === undefined ? '' : levelCell(policy),
          right.namespace ?? '(cluster)',
          subjectWord(right.subject) === word ? 'itself' : subjectWord(right.subject),
          binding.name,
          role.name,
          letInBy(bound, right.subject, binding),
        ],
        enter: {name: 'subjects', policy: right.policy} as const,
      }));
    }),
  };
}

/** Rights that were not read may be there all the same. */
function unreadRemark({unread}: Model): string {
  return unread.isAny ? 'Not all grants could be read. ' : '';
}

/** The rights of a subject, as a member of groups too; of an account, those in its own namespace. */
function rightsOf(model: Model, subject: Grantee): readonly UseRight[] {
  const {namespace} = subject;
  const policies = model.inventory.policies.map(({metadata}) => metadata.name).sort();
  const asked = askedIn(model.inventory);
  return whoCan(model.authorizer, {policies, namespace, identity: identityOf(subject), asked});
}

/** The bindings that open policies, and the roles behind them. */
export function grantTable(model: Model, namespace: string | undefined): Table {
  const names = model.inventory.policies.map(({metadata}) => metadata.name);
  const grants = model.authorizer.grants.filter(
    ({binding}) => namespace === undefined || (binding.namespace ?? namespace) === namespace,
  );
  return {
    caption: `${unreadRemark(model)}Bindings that open policies${namespace === undefined ? '' : ` in ${namespace}, and in the whole cluster`}`,
    columns: ['IN', 'BINDING', 'ROLE', 'POLICIES', 'SUBJECTS'],
    spare: ['ROLE'],
    empty: `No binding ${model.unread.isAny ? 'that could be read ' : ''}opens a policy.`,
    rows: grants.map(grant => ({
      key: bindingKey(grant.binding),
      cells: [
        grant.binding.namespace ?? '(cluster)',
        grant.binding.name,
        grant.role.name,
        {value: policiesText(grant, names), tone: grant.policies === undefined ? 'warn' : 'plain'},
        granteesOf(grant).map(subjectWord).join(', '),
      ],
      enter: {name: 'describe', what: 'binding', key: bindingKey(grant.binding)} as const,
    })),
  };
}

function policiesText({policies}: Grant, names: readonly string[]): string {
  if (policies === undefined) return 'all';
  const there = [...policies].filter(name => names.includes(name)).sort(byText);
  const gone = policies.size - there.length;
  const missing = gone === 0 ? [] : [`${count(gone, 'name', 'names')} without a policy`];
  return [...there, ...missing].join(', ');
}

/** How many of these are admitted through a binding because of this subject. */
function letInBy(bound: readonly Verdict[], subject: Grantee, binding: ObjectReference): number {
  const key = bindingKey(binding);
  return bound.filter(({item, via}) => {
    const {serviceAccount, requester} = item.submission;
    const asked = {
      serviceAccount: podIdentity(item.namespace, serviceAccount),
      requester: requester ?? {user: '', groups: ['system:authenticated']},
    };
    return via.some(
      ({right, binding: through}) =>
        through !== undefined && bindingKey(through) === key && isPartOf(subject, asked[right]),
    );
  }).length;
}

function isOf({item}: Verdict, {kind, namespace, name}: Grantee): boolean {
  return (
    kind !== 'ServiceAccount' ||
    (item.namespace === namespace && item.submission.serviceAccount === name)
  );
}

/** What tells a binding from the others. */
export function bindingKey({kind, namespace, name}: ObjectReference): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

function rightKey({policy, subject, namespace}: UseRight, binding: ObjectReference): string {
  return JSON.stringify([policy, subjectWord(subject), namespace ?? null, bindingKey(binding)]);
}

/** What the key of a row of `subjectTable` or `rightTable` says. */
export function rightOfRow({key}: Row): RightAt | undefined {
  const [policy, word, namespace] = JSON.parse(key) as readonly [string, string, string | null];
  const subject = subjectNamed(word)?.subject;
  return subject && {policy, subject, namespace: namespace ?? undefined};
}

/** The key of the binding of such a row. */
export function bindingOfRow({key}: Row): string {
  const [, , , binding] = JSON.parse(key) as readonly [string, string, string | null, string];
  return binding;
}
