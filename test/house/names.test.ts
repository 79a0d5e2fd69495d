import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

/** Names that two files may define, each with its reason. */
const allowed: Readonly<Record<string, string>> = {};

test('an exported name is defined in one file of src/', () => {
  const places = placesOfNames();
  const shared = [...places]
    .filter(([name, files]) => files.size > 1 && !Object.hasOwn(allowed, name))
    .map(([name, files]) => `${name}: ${[...files].join(', ')}`);
  expect(shared).toEqual([]);
});

test('the exceptions are needed', () => {
  const places = placesOfNames();
  const listed = Object.keys(allowed);
  expect(listed.filter(name => (places.get(name)?.size ?? 0) < 2)).toEqual([]);
});

/** The files in which each exported name is defined. */
function placesOfNames(): ReadonlyMap<string, ReadonlySet<string>> {
  const root = join(import.meta.dirname, '../..');
  const definition =
    /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;
  const places = new Map<string, Set<string>>();
  for (const file of globSync('src/**/*.{ts,tsx}', {cwd: root}).sort()) {
    for (const [, name = ''] of readFileSync(join(root, file), 'utf8').matchAll(definition)) {
      places.set(name, (places.get(name) ?? new Set()).add(file));
    }
  }
  return places;
}
