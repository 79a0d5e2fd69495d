import {describe, expect, test} from 'vitest';
import {
  type Candidate,
  candidateOf,
  chosenBy,
  decide,
  isUsable,
  policySet,
} from '../../src/admission/admit.ts';
import {type JudgeOptions, judgeOf} from '../../src/admission/judge.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import {type Submission, submissionOf} from '../../src/inventory/submissions/submissions.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {preparePolicy} from '../../src/policy/evaluate.ts';
import {authorizerOf, type Identity, podIdentity} from '../../src/rbac/authorize.ts';
import {granteesOf} from '../../src/rbac/grantee.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const items = itemsOf(demo);
const policies = policySet(demo.policies.map(policy => preparePolicy(policy, lastRelease)));
const authorizer = authorizerOf(demo.rbac);
const everybody = {user: 'jane', groups: ['system:authenticated']};

type Options = Omit<JudgeOptions, 'requester'> & {readonly requester?: Identity};

const grantees = authorizer.grants.flatMap(grant =>
  granteesOf(grant).map(subject => ({...grant, subject})),
);

/** Whether somebody but the account, the controllers and the anonymous is granted a policy. */
function mayCreator({namespace, serviceAccount}: Submission, policy: string): boolean {
  return grantees.some(
    ({binding, policies, subject: {kind, namespace: home, name}}) =>
      (binding.namespace ?? namespace) === namespace &&
      (policies?.has(policy) ?? true) &&
      !(kind === 'ServiceAccount' && home === namespace && name === serviceAccount) &&
      !(kind === 'ServiceAccount' && home === 'kube-system' && /-controller$/.test(name)) &&
      name !== 'system:unauthenticated',
  );
}

/** Rights policy by policy, with nothing looked up beforehand. */
function rightsOf(submission: Submission, options: Options) {
  const {namespace, serviceAccount, requester, isBare} = submission;
  const creator = requester ?? (isBare ? options.requester : undefined);
  const loggedIn = {user: '', groups: ['system:authenticated']};
  return (policy: string) => {
    if (options.assumeAuthorized) return {serviceAccount: true, requester: true};
    const isOpen = authorizer.mayUse(creator ?? loggedIn, namespace, policy);
    const couldBe = creator === undefined && mayCreator(submission, policy);
    return {
      serviceAccount:
        serviceAccount !== '' &&
        authorizer.mayUse(podIdentity(namespace, serviceAccount), namespace, policy),
      requester: isOpen || (couldBe ? undefined : false),
    };
  };
}

/** A candidate by what can be compared. */
function plainly({policy, errors, ...result}: Candidate) {
  return {name: policy.name, ...result, errors: errors.map(fieldErrorText)};
}

describe.each<[string, Options]>([
  ['as the cluster is', {}],
  ['for a requester', {requester: everybody}],
  ['if all may use all', {assumeAuthorized: true}],
])('the judge of the demo, %s,', (_, options) => {
  const {verdict} = judgeOf(demo, options);

  test('decides as if every policy were tried for every pod', () => {
    for (const item of items) {
      const {view} = item.submission;
      const plain = decide(view, policies, rightsOf(item.submission, options));
      const {decision} = verdict(item);
      if (decision.kind === 'unknown') {
        expect(plain.kind).toBe('denied');
        continue;
      }
      if (decision.kind === 'admitted' && decision.isByAnnotation) {
        expect(plain.kind).toBe('denied');
        expect(decision.chosen.policy.name).toBe(item.admittedBy);
        continue;
      }
      expect(decision.kind).toBe(plain.kind);
      expect(chosenBy(decision)?.policy.name).toBe(chosenBy(plain)?.policy.name);
      if (plain.kind === 'denied') expect(decision).toEqual(plain);
    }
  });

  test('tells the result of every policy, and which are open', () => {
    for (const item of items) {
      const judged = verdict(item);
      const {candidates, granted, chosen, tried} = judged;
      const {view} = item.submission;
      const to = rightsOf(item.submission, options);
      const plain = policies.ordered.map(({name}) => {
        const policy = policies.byName.get(name);
        if (policy === undefined) throw new Error(`no policy ${name}`);
        return plainly(candidateOf(policy, view, to(name)));
      });
      expect(candidates.map(plainly)).toEqual(plain);
      expect(granted.map(plainly)).toEqual(plain.filter(({rights}) => isUsable(rights)));
      expect(tried).toBe(granted.filter(({policy}) => policy.unusable === undefined).length);
      if (chosen !== undefined) {
        expect(candidates).toContain(chosen);
        if (!judged.isByAnnotation) expect(granted).toContain(chosen);
        expect(judged.candidate(chosen.policy.name)).toBe(chosen);
      }
    }
  });
});

describe('a judge', () => {
  test('gives the same values for the same submission, whatever is asked for first', () => {
    const {verdict, judgement} = judgeOf(demo);
    const [first] = items;
    if (first === undefined) throw new Error('the demo has no pods');
    const {granted, candidates} = verdict(first);
    expect(judgement(first.submission)).toBe(judgement(first.submission));
    expect(verdict(first).candidates).toBe(candidates);
    for (const candidate of granted) expect(candidates).toContain(candidate);
  });

  test('knows no policy that is not there', () => {
    const [first] = items;
    if (first === undefined) throw new Error('the demo has no pods');
    expect(judgeOf(demo).verdict(first).candidate('nosuch')).toBeUndefined();
  });

  test('names each pod in its own refusal, though they are judged once', () => {
    const pod = (name: string) =>
      decodePod({metadata: {name, namespace: 'shop'}, spec: {containers: [{name: 'main'}]}});
    const first = submissionOf(pod('a'), lastRelease, undefined);
    const twin: Submission = {...submissionOf(pod('b'), lastRelease, undefined), alike: first};
    const {judgement} = judgeOf({...demo, caller: undefined, policies: []});
    expect(judgement(twin).message).toBe(
      'pods "b" is forbidden: PodSecurityPolicy: no providers available to validate pod request',
    );
    expect(judgement(first).message).toContain('pods "a"');
    expect(judgement(twin).candidates).toBe(judgement(first).candidates);
  });

  test('lets no policy change a pod on an update', () => {
    const submission = submissionOf(
      decodePod({metadata: {name: 'a', namespace: 'x'}, spec: {containers: [{name: 'main'}]}}),
      lastRelease,
      undefined,
    );
    const create = judgeOf(demo, {assumeAuthorized: true}).judgement(submission);
    const update = judgeOf(demo, {assumeAuthorized: true, operation: 'UPDATE'});
    const changing = create.candidates.filter(({allowed, mutates}) => allowed && mutates);
    expect(changing.length).toBeGreaterThan(0);
    const source = {...demo, policies: changing.map(({policy}) => policy.policy)};
    expect(judgeOf(source, {assumeAuthorized: true}).judgement(submission).chosen).toBeDefined();
    expect(
      judgeOf(source, {assumeAuthorized: true, operation: 'UPDATE'}).judgement(submission).message,
    ).toBe('pods "a" is forbidden: PodSecurityPolicy: unable to validate pod: []');
    expect(update.judgement(submission).chosen?.mutates).not.toBe(true);
  });
});
