import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {controlById, controls} from '../../src/controls/index.ts';
import {impactKinds, impactOf, withDrafts} from '../../src/effect/impact.ts';
import {itemKey} from '../../src/inventory/submissions/items.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {directionOf} from '../../src/policy/direction.ts';
import {change, draftOf, isEdited, nextStep, rebase, redo, undo} from '../../src/tui/edit.ts';
import {keyLines} from '../../src/tui/keys.ts';
import {policyYaml} from '../../src/tui/lines.ts';
import {modelOf} from '../../src/tui/model.ts';
import {podTable} from '../../src/tui/rows.ts';
import {reduce, startAt, topOf, type View} from '../../src/tui/session.ts';
import {cursorOf, driftOf} from '../../src/tui/state.ts';
import {arrange, cellValue} from '../../src/tui/table.ts';
import {openRules, policy} from '../support/builders/policies.ts';
import {demo} from './standIns.ts';

const base = policy({...openRules, hostNetwork: true}, {name: 'web'});

describe('an edit', () => {
  test('a step leads the way it says, and there are steps from every policy of the demo', () => {
    let steps = 0;
    for (const each of demo.policies) {
      for (const control of controls) {
        for (const direction of ['tighter', 'looser'] as const) {
          const step = nextStep(control, each, direction, lastRelease);
          if (step === undefined) continue;
          steps += 1;
          expect(directionOf(control, each, step.value, lastRelease)).toBe(direction);
          for (const other of controls) {
            if (other !== control) expect(other.describe(step.value)).toBe(other.describe(each));
          }
        }
      }
    }
    expect(steps).toBeGreaterThan(demo.policies.length * controls.length * 0.5);
  });

  test('undo and redo walk back and forth through any steps', () => {
    const choice = fc.tuple(fc.constantFrom(...controls), fc.constantFrom('tighter', 'looser'));
    fc.assert(
      fc.property(fc.array(choice, {maxLength: 8}), choices => {
        let draft = draftOf(base);
        for (const [control, direction] of choices) {
          const step = nextStep(control, draft.now, direction as 'tighter', lastRelease);
          if (step !== undefined) draft = change(draft, step.value);
        }
        const {now, past} = draft;
        for (const _ of past) draft = undo(draft);
        expect(draft.now).toBe(base);
        expect(isEdited(draft)).toBe(false);
        for (const _ of past) draft = redo(draft);
        expect(draft.now).toBe(now);
      }),
      {numRuns: 50},
    );
  });

  test('a control that is set back leaves no difference in words either, whatever else is edited', () => {
    const spelled = policy(
      {...openRules, hostPID: false, volumes: ['secret', 'emptyDir'], allowedCapabilities: []},
      {name: 'spelled'},
    );
    for (const each of [spelled, ...demo.policies]) {
      for (const control of controls) {
        const [step] = control.steps(each, lastRelease);
        if (step === undefined) continue;
        const away = change(draftOf(each), step.value);
        expect(change(away, control.copy(each, away.now)).now).toBe(each);
        const other = control === controlById.hostIPC ? controlById.hostPID : controlById.hostIPC;
        const edited = change(draftOf(each), other.steps(each, lastRelease)[0]?.value ?? each);
        const both = change(edited, control.copy(step.value, edited.now));
        const back = change(both, control.copy(each, both.now));
        expect(policyYaml(back.now)).toBe(policyYaml(edited.now));
      }
    }
  });

  test('put on top of another version keeps both changes', () => {
    const draft = change(draftOf(base), {...base, spec: {...base.spec, hostPID: true}});
    const theirs = {
      ...base,
      metadata: {...base.metadata, resourceVersion: '9'},
      spec: {...base.spec, hostIPC: true, hostNetwork: false},
    };
    const moved = rebase(draft, theirs);
    expect(moved.now.spec).toMatchObject({hostPID: true, hostIPC: true});
    expect(controlById.hostNetwork.describe(moved.now)).toBe('forbidden');
    expect(moved.now.metadata.resourceVersion).toBe('9');
    expect(undo(moved).now).toBe(theirs);
  });

  test('what happened to its policy meanwhile is known, if it matters', () => {
    const drafts = {web: change(draftOf(base), {...base, spec: {...base.spec, hostPID: true}})};
    const inventory = (policies: typeof demo.policies) => ({...demo, policies});
    const labelled = {...base, metadata: {...base.metadata, resourceVersion: '7'}};
    expect(driftOf('web', drafts, inventory([labelled]))).toBeUndefined();
    expect(
      driftOf('web', drafts, inventory([{...base, spec: {...base.spec, privileged: true}}])),
    ).toBe('changed');
    expect(driftOf('web', drafts, inventory([]))).toBe('gone');
    expect(driftOf('web', {web: draftOf(base)}, inventory([]))).toBeUndefined();
  });
});

describe('the impact of an edit', () => {
  const model = modelOf(demo);

  test('is what judging everything again says, for steps of policies in use', () => {
    for (const name of ['data', 'baseline', 'log-shipper']) {
      const before = demo.policies.find(({metadata}) => metadata.name === name) ?? base;
      for (const id of ['volumes', 'runAsUser', 'hostNetwork', 'fsGroup'] as const) {
        const now = nextStep(controlById[id], before, 'tighter', lastRelease)?.value ?? before;
        const impact = impactOf(model, [now]);
        const after = modelOf(withDrafts(demo, [now]));
        const chosen = (verdicts: typeof model.verdicts) =>
          new Map(verdicts.map(({item, chosen}) => [itemKey(item), chosen?.policy.name]));
        const [old, fresh] = [chosen(model.verdicts), chosen(after.verdicts)];
        const denied = [...old].filter(([key, was]) => was && !fresh.get(key)).map(([key]) => key);
        expect(impact.denied.map(({before}) => itemKey(before.item))).toEqual(denied);
        const moved = [...old].filter(
          ([key, was]) => was && fresh.get(key) && was !== fresh.get(key),
        );
        const named = [...impact.move, ...impact.mutated].map(({before}) => itemKey(before.item));
        expect(named).toEqual(expect.arrayContaining(moved.map(([key]) => key)));
      }
    }
  });

  test('names each pod once, and without an edit none but those that stay', () => {
    const [first] = demo.policies;
    const impact = impactOf(model, first ? [first] : []);
    expect(impactKinds.filter(kind => impact[kind].length > 0)).toEqual(['stay']);
    expect(impact.stay).toHaveLength(model.boundTo.get(first?.metadata.name ?? '')?.length ?? 0);
  });
});

describe('the session', () => {
  test('Esc walks back to the first view and no further, with what was done there', () => {
    let session = startAt([{name: 'namespaces'}]);
    session = reduce(session, {type: 'select', key: 'shop', place: 3});
    session = reduce(session, {type: 'open', view: {name: 'policies'}});
    session = reduce(reduce(session, {type: 'back'}), {type: 'back'});
    expect(topOf(session)).toMatchObject({view: {name: 'namespaces'}, selected: 'shop'});
  });

  test('sorting goes through all columns, up and down, and back to none', () => {
    let session = startAt([{name: 'policies'}]);
    const seen = new Set<string>();
    for (let press = 0; press < 5; press++) {
      const {sort, descending} = topOf(session);
      seen.add(`${sort} ${descending}`);
      session = reduce(session, {type: 'sort', columns: 2});
    }
    expect([...seen]).toEqual(['undefined false', '0 false', '0 true', '1 false', '1 true']);
    expect(topOf(session).sort).toBeUndefined();
  });

  test('the cursor stays on its row while others come and go, and near it when it goes', () => {
    const row = (key: string) => ({key, cells: [key], tone: 'plain' as const, enter: undefined});
    const session = reduce(startAt([{name: 'pods'}]), {type: 'select', key: 'c', place: 2});
    const frame = topOf(session);
    expect(cursorOf(frame, ['x', 'y', 'a', 'b', 'c'].map(row))).toBe(4);
    expect(cursorOf(frame, ['a', 'b', 'd', 'e'].map(row))).toBe(2);
    expect(cursorOf(frame, ['a'].map(row))).toBe(0);
    expect(cursorOf(frame, [])).toBe(0);
  });

  test('rows are kept by all words of the filter, and sorted as numbers where they are', () => {
    const table = podTable(modelOf(demo), {name: 'pods'});
    const kept = arrange(table, 'SHOP denied', undefined, false);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(
      table.rows.filter(
        ({cells}) => /shop/.test(cells.join(' ')) && cells.map(cellValue).includes('denied'),
      ),
    );
    const cells = (values: readonly number[]) =>
      values.map(value => ({key: `${value}`, cells: [value], enter: undefined}));
    const numbers = {columns: ['N'], empty: '', rows: cells([10, 9, 100])};
    expect(arrange(numbers, '', 0, false).map(({key}) => key)).toEqual(['9', '10', '100']);
    expect(arrange(numbers, '', 0, true).map(({key}) => key)).toEqual(['100', '10', '9']);
  });
});

test('the line of keys fits every width, and says how to find the others', () => {
  const views: readonly View[] = [
    {name: 'namespaces'},
    {name: 'policy', policy: 'web'},
    {name: 'impact', policy: 'web', kind: 'denied'},
    {name: 'walk', policy: 'web', step: 0},
  ];
  for (const view of views) {
    for (let width = 20; width <= 250; width++) {
      for (const [most, byLabels] of [
        [1, false],
        [2, false],
        [1, true],
      ] as const) {
        const lines = keyLines(view, {width, most, byLabels}).map(hints =>
          hints.map(({key, does}) => `${key} ${does}`).join('  '),
        );
        expect(lines.length).toBeLessThanOrEqual(most);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines.join('  ')).toContain('? help');
      }
    }
  }
  expect(
    JSON.stringify(
      keyLines({name: 'policy', policy: 'web'}, {width: 80, most: 2, byLabels: false}),
    ),
  ).toMatch(/values.*apply.*impact.*guide.*diff.*write/);
  expect(
    JSON.stringify(
      keyLines({name: 'policy', policy: 'web'}, {width: 60, most: 1, byLabels: false}),
    ),
  ).toMatch(/tighter\/looser.*apply/);
});
