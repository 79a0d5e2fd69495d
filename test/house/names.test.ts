import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

/** Names that two files may define, each with its reason. */
const allowed: Readonly<Record<string, string>> = {};

/** Names that still mean two things: each is to be renamed, and its line deleted. */
const ambiguous: readonly string[] = [
  'Answer',
  'ConnectionFlags',
  'Failure',
  'Finding',
  'Found',
  'Judged',
  'Outcome',
  'Problem',
  'Prompt',
  'Question',
  'Rule',
  'Step',
  'Target',
  'Tone',
  'adviceTable',
  'apiVersion',
  'count',
  'harmless',
  'objectMeta',
  'podSpec',
  'policyObject',
  'readDocuments',
  'wrap',
];

test('an exported name is defined in one file of src/', () => {
  const places = placesOfNames();
  const shared = [...places]
    .filter(([name, files]) => files.size > 1 && !Object.hasOwn(allowed, name))
    .filter(([name]) => !ambiguous.includes(name))
    .map(([name, files]) => `${name}: ${[...files].join(', ')}`);
  expect(shared).toEqual([]);
});

test('the exceptions are needed', () => {
  const places = placesOfNames();
  const listed = [...Object.keys(allowed), ...ambiguous];
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
