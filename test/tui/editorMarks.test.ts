import {expect, test} from 'vitest';
import {controls} from '../../src/controls/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {leastPolicy} from '../../src/policy/least.ts';
import {editorTable} from '../../src/tui/policyRows.ts';
import {podFrom} from '../support/builders/pods.ts';

test('what is looser than the pods need is never green, however it was edited', () => {
  const least = leastPolicy('', [podFrom({spec: {containers: [{name: 'c'}]}})], false);
  const marks = inventoryOfSnapshot(demoSnapshot, 'the demo').policies.flatMap(base =>
    controls
      .flatMap(control => control.steps(base, lastRelease))
      .flatMap(({value}) => editorTable(value, base, {least, release: lastRelease}).rows)
      .map(({cells}) => cells.at(-1))
      .flatMap(cell => (typeof cell === 'object' && cell !== null ? [cell] : [])),
  );
  const looser = marks.filter(({value}) => String(value).includes('looser'));
  expect(looser.some(({value}) => String(value).startsWith('edited'))).toBe(true);
  expect(new Set(looser.map(({tone}) => tone))).toEqual(new Set(['warn']));
});
