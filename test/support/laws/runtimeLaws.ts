import {expect, test} from 'vitest';
import type {Control} from '../../../src/controls/control.ts';
import type {RuntimeOrdering} from '../../../src/controls/runtime.ts';
import type {PodView} from '../../../src/kube/podView.ts';

/** All that runs in the pods, by the control: in words, and next to any other. */
export function testRuntime({runtime}: Control, pods: readonly PodView[]): void {
  const runs =
    runtime.scope === 'pod'
      ? pods.map(pod => ({
          says: runtime.says(pod),
          rows: pods.map(other => runtime.compare(pod, other)),
        }))
      : containersOf(pods).map((one, _, all) => ({
          says: runtime.says(one),
          rows: all.map(other => runtime.compare(one, other)),
        }));
  const indexes = runs.map((_, index) => index);
  const order = (a: number, b: number) => runs[a]?.rows[b];
  const isAtMost = (a: number, b: number) => ['less', 'equal'].includes(order(a, b) ?? '');

  test('at run time: the same words just for what is equal, and the same order from both sides', () => {
    const mirrored: Readonly<Record<RuntimeOrdering, RuntimeOrdering>> = {
      less: 'more',
      more: 'less',
      equal: 'equal',
      incomparable: 'incomparable',
    };
    const wrong = indexes.flatMap(a =>
      indexes
        .filter(b => {
          const [there, back] = [order(a, b), order(b, a)];
          const isSame = runs[a]?.says === runs[b]?.says;
          return there === undefined || back !== mirrored[there] || isSame !== (there === 'equal');
        })
        .map(b => `${runs[a]?.says} / ${runs[b]?.says}: ${order(a, b)}, ${order(b, a)}`),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('at run time: what is at most something is at most all above that', () => {
    const wrong = indexes.flatMap(a =>
      indexes
        .filter(b => isAtMost(a, b))
        .flatMap(b => indexes.filter(c => isAtMost(b, c) && !isAtMost(a, c)))
        .map(c => `${runs[a]?.says} is not at most ${runs[c]?.says}`),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });
}

function containersOf(pods: readonly PodView[]) {
  return pods.flatMap(pod => pod.containers.map(container => ({container, pod})));
}
