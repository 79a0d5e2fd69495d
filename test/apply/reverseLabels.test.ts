import {expect, test} from 'vitest';
import {planLabels} from '../../src/apply/planChange.ts';
import {planReverse} from '../../src/apply/reverse.ts';
import type {JsonObject} from '../../src/kube/json.ts';

const namespaceWith = (labels: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name: 'shop', labels, resourceVersion: '7', ...more},
});
const change = planLabels(namespaceWith({team: 'a'}), {level: 'x'});
const made = [{change, stored: change.desired, backup: undefined}];
const reverseIn = (now: JsonObject) => planReverse(made, async () => now);

test('labels go back, and what others changed since stays', async () => {
  const now = namespaceWith({team: 'b', level: 'x'}, {annotations: {a: 'b'}});
  expect(await reverseIn(now)).toMatchObject([
    {
      action: 'update',
      expectedResourceVersion: '7',
      desired: {metadata: {labels: {team: 'b'}, annotations: {a: 'b'}}},
    },
  ]);
  expect(await reverseIn(namespaceWith({team: 'b'}))).toEqual([]);
});

test('a label that somebody else has set since is not overwritten', async () => {
  await expect(reverseIn(namespaceWith({level: 'y'}))).rejects.toThrow(
    'Namespace shop was labelled by someone else since: nothing is taken back',
  );
});
