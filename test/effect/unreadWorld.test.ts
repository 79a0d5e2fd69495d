import fc from 'fast-check';
import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import {grantObjects} from '../../src/advice/advice.ts';
import {reuseFor} from '../../src/advice/reuse.ts';
import {objectsInventory, planReuse} from '../../src/advice/reusePlan.ts';
import type {Finding} from '../../src/audit/finding.ts';
import {auditOf} from '../../src/audit/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {effectOf, isRisky} from '../../src/effect/effect.ts';
import {atRisk, impactOf} from '../../src/effect/impact.ts';
import type {GrantObject} from '../../src/grant/grantObjects.ts';
import {layOver} from '../../src/inventory/files/overlay.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {runningKinds} from '../../src/inventory/gaps.ts';
import {type Gap, type Inventory, namespacesOf} from '../../src/inventory/inventory.ts';
import {itemKey, itemsOf, templatesOf} from '../../src/inventory/submissions/items.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {authorizerOf} from '../../src/rbac/authorize.ts';
import {whoCan} from '../../src/rbac/whoCan.ts';

const whole = inventoryOfSnapshot(demoSnapshot, 'the demo');
const places = namespacesOf(whole);
const policies = whole.policies.map(({metadata}) => metadata.name);

/** What is hidden of the demo: all of some namespaces, and kinds, in all namespaces or in some. */
const anyHiding = fc.record({
  namespaces: fc.subarray([...places], {maxLength: 4}),
  areListed: fc.boolean(),
  kinds: fc.subarray(['clusterroles', 'clusterrolebindings', 'serviceaccounts'], {maxLength: 1}),
  inPlaces: fc.array(
    fc.record({
      kind: fc.constantFrom('roles', 'rolebindings', 'serviceaccounts'),
      namespace: fc.constantFrom(...places),
    }),
    {maxLength: 3},
  ),
});

type Hiding = typeof anyHiding extends fc.Arbitrary<infer T> ? T : never;

const namespacedKinds = [
  'roles',
  'rolebindings',
  'serviceaccounts',
  ...runningKinds.map(({plural}) => plural),
];

/** The world (the demo) without what is hidden, which is marked as gaps. */
function partOf({namespaces, areListed, kinds, inPlaces}: Hiding, all = whole): Inventory {
  const hidden = new Set(namespaces);
  const gapOf = (resource: string, namespace?: string): Gap => ({
    resource,
    namespace,
    reason: 'hidden',
  });
  const isHidden = (resource: string, namespace: string) =>
    hidden.has(namespace) ||
    kinds.includes(resource) ||
    inPlaces.some(place => place.kind === resource && place.namespace === namespace);
  const seen = <
    T extends {readonly metadata?: {readonly namespace?: string | undefined} | undefined},
  >(
    resource: string,
    list: readonly T[],
  ) => list.filter(({metadata}) => !isHidden(resource, metadata?.namespace ?? ''));
  const elsewhere = places.filter(place => !hidden.has(place));
  return {
    ...all,
    rbac: {
      clusterRoles: kinds.includes('clusterroles') ? [] : all.rbac.clusterRoles,
      clusterRoleBindings: kinds.includes('clusterrolebindings')
        ? []
        : all.rbac.clusterRoleBindings,
      roles: seen('roles', all.rbac.roles),
      roleBindings: seen('rolebindings', all.rbac.roleBindings),
    },
    namespaces: areListed ? all.namespaces : [],
    serviceAccounts: seen('serviceaccounts', all.serviceAccounts),
    pods: seen('pods', all.pods),
    workloads: seen('pods', all.workloads),
    gaps: [
      ...(areListed ? [] : [gapOf('namespaces')]),
      ...kinds.map(kind => gapOf(kind)),
      ...inPlaces.map(({kind, namespace}) => gapOf(kind, namespace)),
      ...(areListed || hidden.size === 0
        ? namespaces.flatMap(place => namespacedKinds.map(kind => gapOf(kind, place)))
        : namespacedKinds.map(kind => ({...gapOf(kind), except: elsewhere}))),
    ],
  };
}

const wholeVerdicts = new Map(
  itemsOf(whole).map(item => [itemKey(item), judgeOf(whole).verdict(item)]),
);

function answerOf({allowed, chosen, state}: Verdict) {
  return {allowed, policy: chosen?.policy.name, state};
}

test('what is said of a world that was read in part is so in the whole world', () => {
  let [known, unknown] = [0, 0];
  fc.assert(
    fc.property(anyHiding, hiding => {
      const part = partOf(hiding);
      const verdict = judgeOf(part).verdict;
      for (const item of itemsOf(part)) {
        const [said, is] = [verdict(item), wholeVerdicts.get(itemKey(item))];
        if (is === undefined) throw new Error(`${itemKey(item)} is new`);
        if (said.state === 'unknown') {
          unknown += is.state === 'unknown' ? 0 : 1;
          expect(said.unknown).not.toEqual([]);
        } else {
          known += 1;
          expect(answerOf(said), itemKey(item)).toEqual(answerOf(is));
        }
      }
      const rowsOf = ({rbac}: Inventory) =>
        whoCan(authorizerOf(rbac), {policies, namespace: undefined, identity: undefined}).map(
          ({policy, subject, namespace}) => JSON.stringify({policy, subject, namespace}),
        );
      const all = new Set(rowsOf(whole));
      expect(rowsOf(part).filter(row => !all.has(row))).toEqual([]);
    }),
    {numRuns: 60},
  );
  // Both kinds of answers were looked at.
  expect(Math.min(known, unknown)).toBeGreaterThan(200);
});

test('no finding rests on what was not read', () => {
  const all = new Set(
    auditOf(whole, {namespace: undefined, isWhole: true}).findings.map(({id}) => id),
  );
  // That a policy refuses what it is said to have admitted is known from the two alone. It is left out
  // where more is said: that the pod would be denied.
  const isTold = ({rule, id}: Finding) =>
    rule === 'contradicted-annotation' && all.has(id.replace(rule, 'denied-on-restart'));
  fc.assert(
    fc.property(anyHiding, hiding => {
      const {findings} = auditOf(partOf(hiding), {namespace: undefined, isWhole: true});
      const invented = findings.filter(
        finding => finding.rule !== 'not-answered' && !all.has(finding.id) && !isTold(finding),
      );
      expect(invented.map(({id}) => id)).toEqual([]);
    }),
    {numRuns: 40},
  );
});

test('a change that denies something is never told to be harmless', () => {
  let risky = 0;
  fc.assert(
    fc.property(anyHiding, fc.constantFrom(...policies), (hiding, name) => {
      const part = partOf(hiding);
      const without = (world: Inventory): Inventory => ({
        ...world,
        policies: world.policies.filter(({metadata}) => metadata.name !== name),
      });
      const [is, said] = [effectOf(whole, without(whole)), effectOf(part, without(part))];
      if (isRisky(is)) {
        risky += 1;
        expect(isRisky(said)).toBe(true);
      }
      const kinds = new Map(is.shifts.map(({item, kind}) => [itemKey(item), kind]));
      for (const {item, kind} of said.shifts) {
        const isSure = kind === 'move' || kind === 'mutated' || kind === 'admitted';
        if (isSure) expect(kinds.get(itemKey(item))).toBe(kind);
        if (kind === 'denied') expect(['denied', undefined]).toContain(kinds.get(itemKey(item)));
      }
    }),
    {numRuns: 40},
  );
  expect(risky).toBeGreaterThan(5);
});

test('an edit that denies something is never told to be harmless', () => {
  let risky = 0;
  const judged = (inventory: Inventory) => ({
    inventory,
    verdicts: itemsOf(inventory).map(judgeOf(inventory).verdict),
  });
  const all = judged(whole);
  fc.assert(
    fc.property(anyHiding, fc.constantFrom(...whole.policies), (hiding, policy) => {
      const draft = {...policy, spec: {...policy.spec, volumes: [], hostNetwork: false}};
      const [is, said] = [impactOf(all, [draft]), impactOf(judged(partOf(hiding)), [draft])];
      if (atRisk(is) === 0) return;
      risky += 1;
      expect(atRisk(said) > 0 || said.unread !== undefined).toBe(true);
    }),
    {numRuns: 40},
  );
  expect(risky).toBeGreaterThan(5);
});

test('advice from a part takes no right away, and claims nothing that the whole contradicts', () => {
  const seen = {replaced: 0, leftOut: 0, overtaken: 0};
  const bindingsOf = ({rbac}: Inventory) => [...rbac.roleBindings, ...rbac.clusterRoleBindings];
  // The whole world has bindings of the names that the advice gives, each with a subject of its own.
  const taken = places.flatMap(namespace =>
    policies.map(policy => ({
      metadata: {name: `psp:reuse:${policy}`, namespace, uid: undefined, labels: undefined},
      roleRef: {apiGroup: undefined, kind: 'Role', name: `psp:reuse:${policy}`},
      subjects: [{kind: 'ServiceAccount', apiGroup: undefined, namespace, name: 'earlier'}],
    })),
  );
  const all = {...whole, rbac: {...whole.rbac, roleBindings: taken, clusterRoleBindings: []}};
  fc.assert(
    fc.property(anyHiding, fc.boolean(), (hiding, mayFill) => {
      const part = partOf(hiding, all);
      const reuses = reuseFor(
        templatesOf(part),
        'service-account',
        {policies: part.policies, release: lastRelease},
        mayFill,
      );
      const plan = planReuse(reuses, part);
      const objects = plan.grants as readonly GrantObject[];
      for (const {kind, metadata, subjects = []} of objects) {
        if (kind !== 'RoleBinding') continue;
        const before = bindingsOf(all).find(
          binding =>
            binding.metadata?.name === metadata.name &&
            binding.metadata.namespace === metadata.namespace,
        );
        seen.replaced += 1;
        expect(subjects).toContainEqual(expect.objectContaining({name: 'earlier'}));
        expect(before).toBeDefined();
      }
      seen.leftOut += plan.unread.length;
      // Who is told to get another policy gets that one in the whole world too.
      const after = layOver(
        all,
        objectsInventory(
          reuses.filter(({isNew}) => isNew).map(({advice}) => advice.policy),
          [
            ...objects,
            ...reuses.filter(({isNew}) => isNew).flatMap(({advice}) => grantObjects(advice)),
          ],
        ),
      );
      const verdict = judgeOf(after).verdict;
      for (const {policy, items} of [...plan.overtaken.values()].flat()) {
        seen.overtaken += 1;
        for (const item of items) expect(verdict(item).chosen?.policy.name).toBe(policy);
      }
    }),
    {numRuns: 12},
  );
  expect(Math.min(seen.replaced, seen.leftOut)).toBeGreaterThan(0);
});
