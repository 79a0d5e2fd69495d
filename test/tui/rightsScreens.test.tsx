import {describe, expect, test} from 'vitest';
import {down, enter, esc, openScreen} from './screen.tsx';
import {agreeing, demo} from './standIns.ts';

const tab = '\t';

/** The keys from the first policy of the demo to this one. */
function downTo(policy: string): readonly string[] {
  const names = demo.policies.map(({metadata}) => metadata.name).sort();
  return Array.from({length: names.indexOf(policy)}, () => 'j');
}

describe('rights, by keys', () => {
  test('from a policy to its subjects and bindings, from a subject to its policies, and to the YAML', async () => {
    const screen = openScreen({start: [{name: 'policies'}], columns: 120, rows: 40});
    await screen.press(...downTo('privileged'), 'w');
    const subjects = await screen.shows('Who may use privileged');
    expect(subjects).toMatch(/^> group:system:nodes +kube-system +psp-nodes +psp:privileged +4$/m);
    await screen.press('j', enter);
    await screen.shows('What sa:kube-system/csi-node may use');
    await screen.press('d');
    await screen.shows(/^kind: RoleBinding$/m);
    await screen.press('/', 'r', 'o', 'l', 'e', 'r', 'e', 'f');
    await screen.shows(/^roleRef:$/m);
    await screen.press(enter, 'n', esc, esc, esc);
    await screen.shows('Who may use privileged');
    await screen.press(tab);
    await screen.shows(/Policies > Pods of privileged|Policies > privileged/);
  });

  test('b asks for the subject, shows what that does, and applies it once agreed to', async () => {
    const services = agreeing();
    const screen = openScreen({start: [{name: 'policies'}], services, rows: 40, columns: 120});
    await screen.press('/', 'b', 'a', 's', 'e', enter, 'b');
    await screen.shows('sa:NS/NAME ns:NS group:NAME user:NAME like:POLICY');
    await screen.press(...'sa:shop', enter);
    await screen.shows('! sa:shop is not sa:NS/NAME');
    await screen.press('b', ...'sa:shop/recommender', enter);
    await screen.shows('note: there is no ServiceAccount shop/recommender');
    expect(services.asked).toEqual(['plan grants', 'dryRun']);
    await screen.press(esc, esc);
  });

  test('B takes a grant away, and not one that comes from a group', async () => {
    const screen = openScreen({
      start: [{name: 'rights', subject: 'sa:shop/storefront'}],
      columns: 120,
      rows: 40,
    });
    await screen.press('/', ...'group:', enter, 'B');
    await screen.shows('It may use it as a member of group:system:serviceaccounts');
    await screen.press(esc, '/', ...'web', enter, 'B');
    await screen.shows(/Take web from sa:shop\/storefront\?|Type web to apply/);
  });

  test('D shows who would be denied and what goes along; where nothing can be changed, just that', async () => {
    const readOnly = agreeing({readOnly: "The demo can't be changed"});
    const screen = openScreen({start: [{name: 'policies'}], services: readOnly, rows: 40});
    await screen.press(...downTo('privileged'), 'D');
    const shown = await screen.shows("The demo can't be changed: only shown");
    expect(shown).toContain('delete PodSecurityPolicy privileged\ndelete RoleBinding kube-system/');
    expect(shown).toContain('Pods and workloads: 10 would be denied');
    expect(shown).toMatch(/^denied: kube-system\/Pod\/csi-node-ptfmw \(privileged -> denied\): /m);
    expect(readOnly.asked).toEqual([]);
  });

  test('D asks for the name where pods are denied; all goes in one apply', async () => {
    const services = agreeing();
    const screen = openScreen({start: [{name: 'policies'}], services, rows: 40, columns: 120});
    await screen.press(...downTo('privileged'), 'D');
    await screen.shows('Type privileged to apply:');
    await screen.press(...'privileged', enter);
    await screen.shows('apply: done');
    expect(services.asked).toEqual(['plan grants', 'dryRun', 'apply']);
  });

  test('a finding is fixed by f: a change is asked for, a view opened', async () => {
    const services = agreeing();
    const screen = openScreen({services, columns: 120, rows: 40});
    await screen.press(':', ...'findings', enter);
    await screen.shows(/high +denied-now/);
    await screen.press(enter);
    await screen.shows('f: bind baseline to sa:payments/default, after a look at what that does');
    await screen.press('f');
    await screen.shows(/Let sa:payments\/default use baseline\?|Type baseline to apply/);
    await screen.press(esc, esc, esc, '/', ...'ignored-policy', enter, 'f');
    await screen.shows(/Findings > shop-legacy/);
    await screen.press(esc, esc, '/', ...'missing-policy', enter, 'f');
    await screen.shows('Not from here: kubectl patch role/psp-old-restricted -n payments');
  });

  test('a remedy that grants is a change, which lets its workload in and denies nobody', async () => {
    const services = agreeing();
    const screen = openScreen({services, columns: 120, rows: 60});
    await screen.press(':', ...'findings', enter, '/', ...'invoice-render', enter, 'f');
    await screen.shows(
      /Let sa:payments\/default use baseline\?|Make these changes\?|Type \S+ to apply/,
    );
    const shown = screen.frame();
    expect(shown).toMatch(/1 is no longer denied/);
    expect(shown).not.toMatch(/would be denied/);
    expect(services.asked).toEqual(['plan grants', 'dryRun']);
  });

  test('Tab turns through the views of a namespace, y copies the name', async () => {
    const services = agreeing();
    const screen = openScreen({services});
    await screen.press(':', ...'ns shop', enter, tab);
    await screen.shows('Pods of shop');
    await screen.press(tab);
    await screen.shows('Workloads of shop');
    await screen.press(tab);
    await screen.shows('Grants of shop');
    await screen.press('\u001B[Z', '\u001B[Z', 'G', 'y');
    await screen.shows('Copied ');
    expect(services.asked).toEqual([expect.stringMatching(/^copy [\w-]+$/)]);
  });

  test(':ctx ends the session for another context; a name that is none stays here', async () => {
    const screen = openScreen();
    await screen.press(':', ...'ctx prdo', enter);
    await screen.shows('! No context prdo: did you mean "prod"?');
    await screen.press(':', ...'ctx', enter);
    await screen.shows(/Go on to the context:\n> reference\n {2}prod\n/);
    await screen.press(esc);
    await screen.press(':', ...'ctx', enter);
    await screen.shows('> reference');
    expect(screen.ended()).toBe('running');
    await screen.press(down);
    await screen.shows('> prod');
    await screen.press(enter);
    await expect.poll(() => screen.ended()).toEqual({context: 'prod'});
    const named = openScreen();
    await named.press(':', ...'ctx prod', enter);
    await expect.poll(() => named.ended()).toEqual({context: 'prod'});
  });

  test(':try opens what the files of a change would do, :snapshot writes all', async () => {
    const services = agreeing();
    const screen = openScreen({services, columns: 120});
    await screen.press(':', ...'try next/', enter);
    await screen.shows('Nothing that runs would be treated differently.');
    await screen.press(':', ...'snapshot all.json', enter);
    await screen.shows('Wrote all.json');
    expect(services.asked).toEqual(['readChange next/', 'snapshot', 'writeFile all.json']);
  });
});

test('the policies that an account may be let use are offered, and Tab completes their names', async () => {
  const services = agreeing();
  const screen = openScreen({
    services,
    start: [{name: 'accounts', namespace: 'shop'}],
    columns: 120,
  });
  await screen.press('b');
  await screen.shows(/Let sa:shop\/catalog use the policy: +baseline ci-builder data /);
  await screen.press('n', 'o', '\t');
  await screen.shows('use the policy: node-agent');
  await screen.press(enter);
  await screen.shows('$ kubectl psp bind node-agent --to sa:shop/catalog');
});
