import {describe, expect, test} from 'vitest';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {type Json, type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {binding, deployment, policy, repository, role, tryOver} from './tryWorld.ts';

describe('try', () => {
  test('a policy of the files takes the place of the one of its name', async () => {
    const file = fileOf([policy('wide', {privileged: false})]);
    expect(await tryOver('-f', file)).toEqual({
      code: 1,
      err: '',
      out: `NAMESPACE   KIND         NAME    BEFORE   AFTER    CHANGE   REASON
shop        Deployment   agent   wide     denied   denied   wide denies it: container c: sets privileged: true; allowed: false (securityContext.privileged); the other one denies it

Pods and workloads: 1 would be denied, 2 stay as they are.
`,
    });
  });

  test('a policy is taken away, with what that leaves behind', async () => {
    const {code, out, err} = await tryOver('--delete', 'psp/tight');
    expect(code).toBe(1);
    expect(err).toBe(
      ['agent', 'web']
        .map(name => `note: Role/shop/${name} names policy "tight", which does not exist\n`)
        .join(''),
    );
    expect(out).toMatch(
      /^shop +Deployment +web +tight +denied +denied +tight is deleted; it may use no other$/m,
    );
    expect(out).not.toMatch(/agent|batch/);
  });

  test('rights are laid over too: nobody is denied, so the answer is yes', async () => {
    const widened = fileOf([binding('web', 'batch'), role('web', 'tight', 'wide')]);
    const {code, out} = await tryOver('-f', widened);
    // web has lost its binding, for the file's has other subjects.
    expect(code).toBe(1);
    expect(out).toMatch(/web +tight +denied +denied +may no longer use tight; it may use no other/);
    expect(out).toMatch(/batch +denied +tight +admitted +may now use tight/);

    const added = fileOf([role('batch', 'wide'), binding('batch', 'batch')]);
    const better = await tryOver('-f', added);
    expect(better).toMatchObject({code: 0, err: ''});
    expect(better.out).toMatch(/batch +denied +wide +admitted +may now use wide\n/);
    expect(better.out).toContain('1 is no longer denied, 2 stay as they are.');
  });

  test('a policy that sorts before, and one that fills in what is missing', async () => {
    const first = policy('a-first', {requiredDropCapabilities: ['ALL'], privileged: true});
    const files = fileOf([first, role('web', 'a-first'), role('agent', 'a-first', 'wide')]);
    const {code, out} = await tryOver('-f', files);
    expect(code).toBe(0);
    expect(out).toMatch(
      /web +tight +a-first \(mutates\) +mutated +may no longer use tight; a-first is new/,
    );
    // The agent's policy lets it through unchanged, and that counts before the order.
    expect(out).not.toContain('agent');
  });

  test('a mutation that changes, and one that ends', async () => {
    const drop = (...capabilities: readonly string[]) =>
      fileOf([policy('tight', {requiredDropCapabilities: capabilities})]);
    const base = ['--from', repository, '--from', drop('KILL')];
    const other = await runHere('try', ...base, '-A', '-f', drop('CHOWN'));
    expect(other.out).toMatch(
      /web +tight \(mutates\) +tight \(mutates\) +mutation +tight fills in \/spec\/containers\/0\/securityContext/,
    );
    const none = await runHere('try', ...base, '-A', '-f', drop());
    expect(none.out).toMatch(/web +tight \(mutates\) +tight +mutation +no longer by tight\n/);
    expect(none.code).toBe(0);
  });

  test('workloads of the files: a new template counts, and what is new is said to be', async () => {
    const files = fileOf([
      deployment('web', {securityContext: {privileged: true}}, 'shop'),
      deployment('extra', {}, 'shop'),
      deployment('agent', {}, 'shop'),
    ]);
    const {code, out} = await tryOver('-f', files);
    expect(code).toBe(1);
    expect(out).toMatch(
      /web +tight +denied +denied +its new template: tight denies it: container c: sets priv[^;]*; allowed: false [^;]*; it may use no other/,
    );
    expect(out).toMatch(/extra +<none> +denied +new +may use no policy/);
    expect(out).toMatch(/agent +wide +tight +moved +its new template: tight admits it now/);
    expect(out).toContain(
      '1 would be denied, 1 moves to another policy, 1 is new (1 denied), 1 stays as it is.',
    );
    const alone = await tryOver('-f', fileOf([deployment('extra', {}, 'shop')]));
    expect(alone.code).toBe(0); // it does not run yet
  });

  test('nothing is said to be bound to nobody where bindings were not read', async () => {
    const files = fileOf([policy('lonely'), role('loose', 'tight', 'absent')]);
    const bare = fileOf([policy('other'), deployment('extra', {}, 'shop')]);
    const {err} = await runHere('try', '-A', '--from', bare, '-f', files);
    expect(err).not.toContain('nobody may use');
    expect(err).not.toContain('no binding refers');
  });

  test('half a change is said to be one', async () => {
    const files = fileOf([
      policy('lonely'),
      binding('missing', 'web'),
      role('loose', 'tight', 'absent'),
      policy('broken', {hostPorts: [{min: 1, max: 2}], runAsUser: {rule: 'Nope'}}),
    ]);
    const {code, err} = await tryOver('-f', files);
    expect(code).toBe(1); // the API server would not take it
    expect(err.split('\n')).toEqual([
      expect.stringMatching(
        /^note: PodSecurityPolicy broken is invalid, the API server would refuse it: spec\.runAsUser\.rule: /,
      ),
      'note: nobody may use PodSecurityPolicy lonely: no role that is bound grants it',
      'note: Role shop/loose grants the use of policies, but no binding refers to it',
      'note: Role/shop/loose names policy "absent", which does not exist',
      'note: RoleBinding/shop/missing refers to Role/shop/missing, which does not exist',
      '',
    ]);
  });

  test('lists one namespace, and judges all: policies are of none', async () => {
    const file = fileOf([policy('privileged', {privileged: false})]);
    const all = await runHere('try', '--demo', '-A', '-f', file);
    const counted = /^Pods and workloads: .*$/m.exec(all.out)?.[0];
    expect(counted).toMatch(/\d+ would be denied/);
    // The context of the demo has the namespace shop.
    for (const scope of [['-n', 'shop'], ['-n', 'default'], []]) {
      const one = await runHere('try', '--demo', ...scope, '-f', file);
      expect(one.code, scope.join()).toBe(1);
      expect(one.out).toContain(counted);
      expect(one.out).toMatch(
        /^Of these in other namespaces: \d+ would be denied.*; -A lists them\.$/m,
      );
    }
    const ci = await runHere('try', '--demo', '-n', 'default', '-f', file, '-o', 'json');
    const [items, {summary}] = [itemsOf(ci.out), objectOf(parseJson(ci.out))];
    expect(items).toEqual([]);
    expect(objectOf(summary ?? null).denied).toBeGreaterThan(0);
    expect(all.out).not.toContain('in other namespaces');
  });

  test('a misspelt namespace is no answer; one that comes with the change is', async () => {
    const file = fileOf([policy('wide', {privileged: false})]);
    const misspelt = await runHere('try', '--demo', '-n', 'shp', '-f', file);
    expect({code: misspelt.code, out: misspelt.out}).toEqual({code: 3, out: ''});
    expect(misspelt.err).toMatch(/^error: namespace "shp" not found: /m);
    const made = fileOf([{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shp'}}]);
    expect((await runHere('try', '--demo', '-n', 'shp', '-f', file, '-f', made)).code).toBe(0);
  });

  test('--prune: what only the old version of a repository has is gone', async () => {
    const branch = fileOf([
      policy('tight', {privileged: false}),
      policy('wide', {privileged: true}),
      role('web', 'tight'),
      role('agent', 'tight', 'wide'),
      binding('web', 'web'),
      deployment('web', {}, 'shop'),
      deployment('agent', {}, 'shop'),
    ]);
    expect((await tryOver('-f', branch)).code).toBe(0);
    const {code, out, err} = await tryOver('-f', branch, '--prune');
    expect(code, err).toBe(1);
    expect(out).toBe(`NAMESPACE   KIND         NAME    BEFORE   AFTER    CHANGE   REASON
shop        Deployment   agent   wide     denied   denied   its new template: may no longer use wide; it may use no other
shop        Deployment   batch   denied   <none>   gone     no longer there

Pods and workloads: 1 would be denied, 1 is gone, 1 stays as it is.
`);
    expect(err).toContain('note: Role shop/agent grants the use of policies, but no binding');
    // All is tried that the branch has, and nothing else.
    const same = await tryOver('-f', repository, '--prune');
    expect(same).toMatchObject({code: 0, out: 'Pods and workloads: 3 stay as they are.\n'});
    for (const base of [['--demo'], ['--from', repository]]) {
      const only = base.includes('--demo') ? ['-f', branch] : ['--delete', 'wide'];
      expect(await runHere('try', ...base, ...only, '--prune')).toMatchObject({
        code: 2,
        err: 'error: --prune is for manifests on both sides: those of --from and those of -f\n',
      });
    }
  });

  test('files that hold nothing to judge are no answer', async () => {
    const file = fileOf([policy('wide', {privileged: false})]);
    const elsewhere = await runHere('try', '--from', repository, '-f', file);
    expect(elsewhere).toMatchObject({
      code: 1,
      out: `Pods and workloads: 1 would be denied, 2 stay as they are.
Of these in other namespaces: 1 would be denied; -A lists them.
`,
    });
    const policies = fileOf([policy('tight')]);
    const none = await runHere('try', '--from', policies, '-A', '-f', file);
    expect({code: none.code, out: none.out}).toEqual({code: 3, out: ''});
    expect(none.err).toContain(`error: ${policies}: no pods or workloads to try the change on\n`);
  });

  test('answers without the rights that all depends on: with unknowns, and not with yes', async () => {
    const gap = {resource: 'clusterrolebindings', reason: 'forbidden'};
    const snapshot = (...gaps: readonly object[]) =>
      fileOf(printJson({...demoSnapshot, gaps}), 'snapshot.json');
    const blind = await runHere('try', '--from', snapshot(gap), '-A', '--delete', 'web');
    expect(blind.code).toBe(1);
    expect(blind.err).toMatch(/^incomplete: can't list clusterrolebindings \(forbidden\); /);
    expect(blind.out).toMatch(
      /unknown +unknown +depends on who may use .* \(clusterrolebindings\)/,
    );
    expect(blind.out).not.toMatch(/ denied +denied /);
    const partly = snapshot({resource: 'rolebindings', namespace: 'shop', reason: 'forbidden'});
    const rest = await runHere('try', '--from', partly, '-n', 'ci', '--delete', 'baseline');
    expect(rest.code).toBe(1);
    expect(rest.err).toMatch(
      /^incomplete: can't list rolebindings in namespace shop \(forbidden\); /,
    );
  });

  test('what runs in namespaces that may not be read is unknown, and that is no yes', async () => {
    const gaps = ['pods', 'deployments', 'replicasets'].flatMap(resource =>
      ['ci', 'payments'].map(namespace => ({resource, namespace, reason: 'forbidden'})),
    );
    const pods = itemsAt(demoSnapshot.pods, 'shop');
    const workloads = itemsAt(demoSnapshot.workloads, 'shop');
    const file = fileOf(printJson({...demoSnapshot, pods, workloads, gaps}), 'snapshot.json');
    const rights = fileOf([role('more', 'web'), binding('more', 'new')]);
    const inShop = await runHere('try', '--from', file, '-n', 'shop', '-f', rights);
    // A role of shop makes no difference elsewhere.
    expect(inShop).toMatchObject({code: 0, out: expect.not.stringContaining('unknown')});
    const wide = await runHere('try', '--from', file, '-n', 'shop', '--delete', 'log-shipper');
    expect(wide.code).toBe(1);
    expect(wide.out).toContain('unknown for what runs in 2 namespaces that you may not read.\n');
    const {out} = await runHere(
      'try',
      '--from',
      file,
      '-n',
      'shop',
      '--delete',
      'log-shipper',
      '-o',
      'json',
    );
    expect(objectOf(parseJson(out)).summary).toMatchObject({
      unread: 'unknown for what runs in 2 namespaces that you may not read',
    });
  });

  test('for machines: names, and a document with both sides', async () => {
    const change = ['-f', fileOf([policy('wide', {privileged: false})])];
    const names = await tryOver(...change, '-o', 'name');
    expect(names).toMatchObject({code: 1, out: 'deployment/agent\n'});
    const {code, out} = await tryOver(...change, '-o', 'json');
    expect(code).toBe(1);
    expect(objectOf(parseJson(out)).summary).toMatchObject({denied: 1, moved: 0, same: 2});
    const [item, ...others] = itemsOf(out);
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      namespace: 'shop',
      kind: 'Deployment',
      name: 'agent',
      change: 'denied',
      before: {allowed: true, policy: 'wide', message: null},
      after: {allowed: false, policy: null, message: expect.stringContaining('is forbidden')},
    });
    const [first] = objectOf(item).before === null ? [] : [objectOf(objectOf(item).before)];
    expect((first as JsonObject).via).toMatchObject([{binding: {name: 'agent'}}]);
  });

  test('wide has the rights, the changes and the words of the API server', async () => {
    const {out} = await tryOver('-f', fileOf([policy('wide')]), '-o', 'wide', '--no-headers');
    expect(out).toMatch(
      /^shop +Deployment +agent .* pods "agent-" is forbidden: PodSecurityPolicy:/,
    );
  });
});

/** Those of a list of objects that are in a namespace. */
function itemsAt(list: Json | undefined, namespace: string): readonly Json[] {
  return (Array.isArray(list) ? list : []).filter(
    item => objectOf(objectOf(item).metadata ?? null).namespace === namespace,
  );
}
