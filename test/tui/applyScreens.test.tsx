import {describe, expect, test} from 'vitest';
import {controlById} from '../../src/controls/index.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {nextStep} from '../../src/tui/edit.ts';
import {ctrlC, editor, enter, esc, left, openScreen, right} from './screen.tsx';
import {agreeing, changing, demo} from './standIns.ts';

/** The inventory in which one policy is otherwise. */
function withPolicy(
  name: string,
  change: (policy: Inventory['policies'][number]) => Inventory['policies'][number],
): Inventory {
  return {
    ...demo,
    policies: demo.policies.map(each => (each.metadata.name === name ? change(each) : each)),
  };
}

describe('what was edited', () => {
  test('applying: dry run, impact and diff, the name where pods would be denied', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: editor('ci-builder')});
    await screen.press(left, 'p');
    expect(await screen.shows('Type ci-builder to apply:')).toContain(
      'Pods or workloads of which it is unknown whether they would be denied: 2',
    );
    expect(screen.frame()).toContain('+after');
    await screen.press(...'wrong', enter);
    await screen.shows('Not applied: that was another name. Type ci-builder to apply:');
    await screen.press(...'ci-builder', enter);
    await screen.shows('apply: done');
    expect(services.asked).toEqual(['plan policy', 'dryRun', 'apply']);
    await screen.press(esc);
    await screen.shows('Nothing is edited yet');
  });

  test('becoming looser than restricted asks for the name too; being tighter only y', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(right, 'p');
    await screen.shows('Type baseline to apply:');
    expect(screen.frame()).toContain('looser in: Privileged');
    await screen.press(esc);
    await screen.shows('Not applied; your edit is kept');
    const tighter = openScreen({start: editor('ci-builder')});
    await tighter.press('a', 'p');
    await tighter.shows('Apply ci-builder? y/n');
  });

  test('whoever types a name at y or n says neither with a letter of it, and no key of the view', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: editor('ci-builder')});
    await screen.press('a', 'p');
    await screen.shows('Apply ci-builder? y/n');
    await screen.press(...'copy-max');
    await screen.shows('Apply ci-builder? not y or n: Esc, and ask again');
    await screen.press(esc);
    await screen.shows('Not applied; your edit is kept');
    expect(services.asked).not.toContain('apply');
    await screen.press(esc, 'p');
    await screen.shows('Apply ci-builder? y/n');
  });

  test('what was not read counts as a denial for the question', async () => {
    const gaps = ['data', 'ci'].map(namespace => ({
      resource: 'pods',
      namespace,
      reason: 'forbidden',
    }));
    const elsewhere = openScreen({start: editor('ci-builder'), live: changing({...demo, gaps})});
    await elsewhere.press('a');
    await elsewhere.shows('unknown for what runs in 2 namespaces that you may not');
    await elsewhere.press('p');
    const said = await elsewhere.shows('Type ci-builder to apply:');
    expect(said).toContain(
      'The impact is unknown for what runs in 2 namespaces that you may not read',
    );
    expect(said).toContain("incomplete: can't list pods in 2 namespaces (forbidden)");
    const reading = {...changing(demo)};
    const view = {...reading.current(), isPartial: true};
    const early = openScreen({
      start: editor('ci-builder'),
      live: {...reading, current: () => view},
    });
    await early.press('a', 'p');
    const asked = await early.shows('Type ci-builder to apply:');
    expect(asked).toContain('The cluster is still being read: the impact is not all known');
  });

  test('what goes wrong is said in full, and the edit is kept', async () => {
    const message = `the server could not be reached: ${'because '.repeat(20)}it is gone`;
    const failing = async () => {
      throw new Error(message);
    };
    const screen = openScreen({
      start: editor('ci-builder'),
      services: agreeing({dryRun: failing}),
    });
    await screen.press(left, 'p');
    await screen.shows('your edit is kept');
    expect(screen.frame().replaceAll(/\s+/g, ' ')).toContain('it is gone');
    await screen.press(esc);
    await screen.shows('ci-builder*');
    const refused = async () => ({ok: false, lines: ['forbidden: jane may not'], made: []});
    const other = openScreen({
      start: editor('ci-builder'),
      services: agreeing({apply: refused}),
    });
    await other.press(left, 'p');
    await other.shows('Type ci-builder to apply:');
    await other.press(...'ci-builder', enter);
    await other.shows('forbidden: jane may not');
    await other.press(esc);
    await other.shows('So far: 2 are unknown');
  });

  test('the policy changes in the cluster meanwhile: said at once, sent never, merged by m', async () => {
    const live = changing(demo);
    const services = agreeing();
    const screen = openScreen({live, services, start: editor('ci-builder')});
    await screen.press(left);
    live.set(
      withPolicy(
        'ci-builder',
        each => nextStep(controlById.hostPID, each, 'looser', lastRelease)?.value ?? each,
      ),
    );
    await screen.shows('m puts your edit on top');
    await screen.press('p');
    await screen.shows('was changed in the cluster after your edit began');
    expect(services.asked).toEqual([]);
    await screen.press(esc, 'm');
    const frame = await screen.shows("on top of the cluster's policy");
    expect(frame).toMatch(/Privileged +forbidden .* edited/);
    expect(frame).toMatch(/Host processes +allowed/);
    expect(frame).not.toMatch(/Host processes.*edited/);
  });

  test('the policy is deleted meanwhile: the edit stays and can be written', async () => {
    const live = changing(demo);
    const services = agreeing();
    const screen = openScreen({live, services, start: editor('ci-builder')});
    await screen.press(left);
    live.set({
      ...demo,
      policies: demo.policies.filter(({metadata}) => metadata.name !== 'ci-builder'),
    });
    await screen.shows('It was deleted in the cluster');
    await screen.press('p');
    await screen.shows('kubectl create -f');
    await screen.press(esc, 'w', enter);
    await screen.shows('Wrote ci-builder.yaml');
  });

  test('quitting with edits asks, whichever way', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(right);
    for (const keys of [['q'], [':', 'q', enter], [ctrlC]]) {
      await screen.press(...keys);
      await screen.shows('Quit and lose them? y/n');
      await screen.press('n');
      await screen.shows('of 22');
    }
    await screen.press('q', 'y');
    await expect.poll(screen.ended).toBeUndefined();
  });

  test('Ctrl-C without edits, and the second one with them, end the session as interrupted', async () => {
    const plain = openScreen();
    await plain.press(ctrlC);
    await expect.poll(plain.ended).toBe('interrupted');
    const edited = openScreen({start: editor('baseline')});
    await edited.press(right, ctrlC, ctrlC);
    await expect.poll(edited.ended).toBe('interrupted');
  });

  test('a snapshot can be edited and written, not applied', async () => {
    const screen = openScreen({
      start: editor('baseline'),
      services: agreeing({readOnly: "The demo can't be changed"}),
    });
    await screen.press(right, 'p');
    await screen.shows("! The demo can't be changed; w writes a file instead");
  });
});
