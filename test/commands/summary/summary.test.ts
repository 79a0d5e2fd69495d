import {expect, test} from 'vitest';
import {runHere} from '../../support/run/run.ts';

test('without a terminal, no command prints the summary', async () => {
  const {code, out, err} = await runHere('--demo');
  expect({code, err}).toEqual({code: 0, err: ''});
  expect(out).toMatch(/^Source +context demo at /);
  expect(out).toMatch(/^NAMESPACE +PODS +IDLE +DENIED +MUTATED +DRIFTED +PSPS +RISKIEST$/m);
  expect(out).toMatch(/^shop +15 +3 +3 /m);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('-n is one namespace, -o json has all of it', async () => {
  const {out} = await runHere('--demo', '-n', 'shop', '-o', 'json');
  const {kind, items} = JSON.parse(out);
  expect(kind).toBe('Summary');
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({namespace: 'shop', pods: 15, denied: 3});
});
