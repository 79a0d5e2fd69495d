import {expect, test} from 'vitest';
import type {Verdict} from '../../src/admission/judgement.ts';
import {itemKey} from '../../src/inventory/submissions/items.ts';
import {firstLinesOf} from '../../src/tui/lines.ts';
import {type Model, modelOf} from '../../src/tui/model.ts';
import {allWordsOf} from '../../src/tui/shownLines.ts';
import {verdictNamed} from '../../src/tui/waysIn.ts';
import {agreeing, demo} from './standIns.ts';

/** Counts how often what it makes is read. */
function counter() {
  const reads = new Map<PropertyKey, number>();
  const counting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        reads.set(name, (reads.get(name) ?? 0) + 1);
        return Reflect.get(object, name, object);
      },
    });
  return {counting, readsOf: (name: string) => reads.get(name) ?? 0};
}

/** The demo, of which one verdict is another one. */
function withVerdict(replaced: Verdict): Model {
  const model = modelOf(demo);
  const parts = model.parts.map(part => ({
    ...part,
    verdicts: part.verdicts.map(each => (each.item === replaced.item ? replaced : each)),
  }));
  return {...model, parts};
}

const denied = modelOf(demo).verdicts.find(({state}) => state === 'denied') as Verdict;
const view = {name: 'why', item: itemKey(denied.item)} as const;

test('the first lines of a denial look at as many policies as they show, and for no way out', () => {
  const {counting: item, readsOf} = counter();
  const {counting: candidate, readsOf: readsOfCandidate} = counter();
  const candidates = Array.from({length: 500}, () => denied.candidates.map(candidate)).flat();
  const verdict = item(
    new Proxy(denied, {
      get: (object, name) =>
        name === 'candidates' ? candidates : Reflect.get(object, name, object),
    }),
  );
  const lines = firstLinesOf(20, view, withVerdict(verdict), {}, agreeing());
  expect(lines).toHaveLength(20);
  expect(readsOfCandidate('errors')).toBeGreaterThan(0);
  // A line about a policy reads them twice.
  expect(readsOfCandidate('errors')).toBeLessThanOrEqual(2 * 20);
  expect(readsOf('waysOut')).toBe(0);
});

test('they are those that the whole text begins with, without what is empty', () => {
  const all = firstLinesOf(1000, view, modelOf(demo), {}, agreeing())?.map(allWordsOf) ?? [];
  const first = firstLinesOf(9, view, modelOf(demo), {}, agreeing())?.map(allWordsOf);
  expect(first).toEqual(all.slice(0, 9));
  expect(all.length).toBeGreaterThan(20);
  expect(all.every(line => line.trim() !== '')).toBe(true);
});

test('a pod is found by its name among those of its namespace, and again without looking at any', () => {
  const {counting, readsOf} = counter();
  const model = modelOf(demo);
  const parts = model.parts.map(part => ({...part, verdicts: part.verdicts.map(counting)}));
  const places = parts.filter(({namespace}) => namespace === denied.item.namespace);
  const count = places.flatMap(({verdicts}) => verdicts).length;
  expect(verdictNamed({parts}, view.item)?.message).toBe(denied.message);
  expect(readsOf('item')).toBe(count);
  expect(count).toBeLessThan(model.verdicts.length);
  expect(verdictNamed({parts}, view.item)?.message).toBe(denied.message);
  expect(readsOf('item')).toBe(count);
});
