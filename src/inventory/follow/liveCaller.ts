import {messageOf} from '../../errors.ts';
import type {Caller, CallerAnswer, Gap, Inventory} from '../inventory.ts';
import {answerQuestions, type CallerQuestion, callerQuestions} from '../read/askCaller.ts';
import type {ClusterReader} from '../read/reader.ts';
import {type Clock, sleep} from './clock.ts';
import type {Setbacks} from './setbacks.ts';

/** What the server says that the caller may use, as the cluster changes. */
export interface LiveCaller {
  /** Asks what is not known yet about this inventory. */
  update(inventory: Pick<Inventory, 'policies' | 'pods' | 'rbac'>): void;
}

/** After a change of RBAC all is asked again, but not more often than this, in milliseconds. */
const roundMs = 10_000;
const resource = 'selfsubjectaccessreviews';

/** Tells `changed` new answers, or why there are none to be had. */
export function followCaller(
  client: ClusterReader,
  clock: Clock,
  setbacks: Setbacks,
  signal: AbortSignal,
  changed: (caller: Caller | undefined, gap: Gap | undefined) => void,
): LiveCaller {
  let seen: Pick<Inventory, 'policies' | 'pods' | 'rbac'> | undefined;
  let questions: readonly CallerQuestion[] = [];
  let answers: ReadonlyMap<string, CallerAnswer> = new Map();
  let askedRbac: Inventory['rbac'] | undefined;
  let askedAt = -Infinity;
  let isRefused = false;
  let isAsking = false;

  const due = (): readonly CallerQuestion[] =>
    seen?.rbac === askedRbac ? questions.filter(one => !answers.has(keyOf(one))) : questions;
  const isSettled = () => seen?.rbac === askedRbac && due().length === 0;
  const publish = (): void => {
    const known = questions.flatMap(one => answers.get(keyOf(one)) ?? []);
    changed({user: client.user, answers: known}, undefined);
  };
  const round = async (): Promise<void> => {
    if (seen?.rbac !== askedRbac) {
      await sleep(clock, Math.max(0, askedAt + roundMs - clock.now()), signal);
    }
    const rbac = seen?.rbac;
    const isFull = rbac !== askedRbac;
    const got = await answerQuestions(client, due());
    signal.throwIfAborted();
    const kept = new Set(questions.map(keyOf));
    const all = [...(isFull ? [] : answers.values()), ...got].map(
      one => [keyOf(one), one] as const,
    );
    answers = new Map(all.filter(([key]) => kept.has(key)));
    if (isFull) {
      askedRbac = rbac;
      askedAt = clock.now();
    }
    setbacks.over(resource);
    publish();
  };
  const ask = async (): Promise<void> => {
    while (!isSettled() && !isRefused) {
      try {
        await round();
      } catch (error) {
        signal.throwIfAborted();
        if (client.isForbidden(error)) {
          isRefused = true;
          setbacks.over(resource);
          changed(undefined, {resource, namespace: undefined, reason: messageOf(error)});
        } else {
          await setbacks.pause(resource, error, signal);
        }
      }
    }
  };
  return {
    update(inventory) {
      const before = seen;
      seen = inventory;
      if (before?.policies !== seen.policies || before.pods !== seen.pods) {
        const next = callerQuestions(seen.policies, seen.pods);
        const isSame = next.map(keyOf).join('\n') === questions.map(keyOf).join('\n');
        questions = next;
        if (!isSame && isSettled()) publish();
      }
      if (isAsking || isSettled() || isRefused) return;
      isAsking = true;
      ask()
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        })
        .finally(() => {
          isAsking = false;
        });
    },
  };
}

function keyOf({namespace, policy}: CallerQuestion): string {
  return `${namespace}/${policy}`;
}
