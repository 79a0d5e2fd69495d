import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Hardening} from '../../src/harden/harden.ts';
import {hardenLevels, unmet} from '../../src/harden/target.ts';
import {seccompContainerPrefix, seccompPodKey} from '../../src/kube/annotations.ts';
import {compact} from '../../src/kube/edits.ts';
import type {Json} from '../../src/kube/json.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {errorsOf, writesOf} from '../support/builders/judge.ts';
import {runsOf} from '../support/run/runs.ts';
import {hardenedTo, stepped, submit, targets} from './hardening.ts';

/** Field and annotation of one place must agree: API validation refuses others. */
function agrees({metadata: {annotations = {}}, spec}: Pod): boolean {
  const contradicts = (field: unknown, key: string) =>
    field !== undefined && annotations[key] !== undefined;
  return (
    !contradicts(spec.securityContext?.seccompProfile, seccompPodKey) &&
    !(spec.containers ?? []).some(({name, securityContext}) =>
      contradicts(securityContext?.seccompProfile, `${seccompContainerPrefix}${name}`),
    )
  );
}

const templates = anyPod.map(decodePod).filter(agrees);

describe.each(hardenLevels)('hardening to %s', level => {
  const target = targets[level];
  const forAll = (check: (template: Pod, hardening: Hardening) => void) =>
    fc.assert(
      fc.property(templates, template => check(template, hardenedTo[level](template))),
      {numRuns: runsOf(400)},
    );

  test('all steps together get every pod under the built-in policy', () => {
    const {policy} = target;
    forAll((template, {changes, decisions, blocked}) => {
      expect(blocked).toBeUndefined();
      const view = submit(stepped(template, [...changes, ...decisions]));
      expect(errorsOf(policy, view)).toEqual([]);
      // What the standard does not ask pods to say, the policy may still fill in.
      const written = Object.keys(writesOf(policy, view)).filter(
        path => !/seccomp|apparmor|seLinuxOptions/.test(path),
      );
      if (level === 'restricted') expect(written).toEqual([]);
    });
  });

  test('the changes alone do, where nothing is left to decide', () => {
    forAll((template, hardening) => {
      const {changes, decisions} = hardening;
      const isThere = unmet(target, submit(stepped(template, changes))).length === 0;
      expect(isThere).toBe(decisions.length === 0);
      const reached = level === 'restricted' ? ['restricted'] : ['restricted', 'baseline'];
      expect(reached.includes(hardening.after)).toBe(decisions.length === 0);
    });
  });

  test('no step can be left out', () => {
    forAll((template, {changes, decisions}) => {
      const steps = [...changes, ...decisions];
      const spare = steps.filter(
        step =>
          unmet(
            target,
            submit(
              stepped(
                template,
                steps.filter(other => other !== step),
              ),
            ),
          ).length === 0,
      );
      expect(spare.map(({where, says}) => `${where}: ${says}`)).toEqual([]);
    });
  });

  test('a hardened pod needs no more', () => {
    forAll((template, {changes, decisions}) => {
      const again = hardenedTo[level](stepped(template, [...changes, ...decisions]));
      expect([...again.changes, ...again.decisions]).toEqual([]);
    });
  });

  test('changes set only what is unset, and remove only what nothing mounts', () => {
    forAll((template, {changes}) => {
      const before = leaves(compact(template));
      const now = leaves(compact(stepped(template, changes)));
      const mounts = template.spec.containers?.flatMap(({volumeMounts = []}) => volumeMounts);
      const init = template.spec.initContainers?.flatMap(({volumeMounts = []}) => volumeMounts);
      const mounted = [...(mounts ?? []), ...(init ?? [])].map(({name}) => name);
      const kept = [...before].filter(([path]) => {
        const [, index] = /^\/spec\/volumes\/(\d+)/.exec(path) ?? [];
        return (
          !path.includes('/capabilities/drop') &&
          (index === undefined || mounted.includes(template.spec.volumes?.[Number(index)]?.name))
        );
      });
      const isThere = ([path, value]: readonly [string, string]) =>
        path.startsWith('/spec/volumes') || now.get(path) === value;
      expect(kept.filter(entry => !isThere(entry))).toEqual([]);
      const names = stepped(template, changes).spec.volumes?.map(({name}) => name) ?? [];
      const gone = mounted.filter(
        name =>
          template.spec.volumes?.some(volume => volume.name === name) && !names.includes(name),
      );
      expect(gone).toEqual([]);
    });
  });
});

/** The scalars of a tree, by their paths. */
function leaves(value: Json, path = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  const entries = Array.isArray(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value);
  return new Map(entries.flatMap(([key, item]) => [...leaves(item ?? null, `${path}/${key}`)]));
}
