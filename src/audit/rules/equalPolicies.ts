import {normalSpec, plain, profileKeys} from '../../apply/sameMeaning.ts';
import {isObject, type Json, printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {isMeant} from '../context.ts';
import {commandLine, inTurn} from '../remedies.ts';
import {deleteCommand} from '../roleEdits.ts';
import {defineRule} from '../rule.ts';
import {policyReference} from '../words.ts';

/** Policies that say the same. */
export const equalPolicies = defineRule({
  id: 'equal-policies',
  severity: 'low',
  title: 'Policies that are equal to another',
  why: 'Of two that say the same, admission chooses the one that sorts first for all who may use both. Sooner or later one of them is changed, and it is no longer obvious which one counts.',
  remedy: 'Grant the first one to those who use the others, and delete those.',
  needs: [],
  breadth: 'cluster',
  find: context => {
    const {policies, inventory} = context;
    const alike = Map.groupBy(policies, ({policy}) => meaningOf(policy));
    return [...alike.values()].flatMap(equals => {
      const kept = equals.find(({bound}) => bound.size > 0) ?? equals[0];
      if (kept === undefined) return [];
      const {name: first} = kept.prepared;
      return equals
        .filter(one => one !== kept)
        .map(({prepared: {name}}) => ({
          object: policyReference(name),
          message: `says the same as ${first}`,
          evidence: [`equal: ${equals.map(({prepared}) => prepared.name).join(', ')}`],
          remedy: isMeant(name, context)
            ? commandLine('kubectl', 'psp', 'who-can', 'use', name, '-A')
            : inTurn(
                ...(kept.bound.size > 0
                  ? [commandLine('kubectl', 'psp', 'bind', first, '--like', name)]
                  : []),
                deleteCommand(name, inventory.rbac),
              ),
        }));
    });
  },
});

/** The same text for policies of the same meaning: the order of names in a list has none. */
export function meaningOf({metadata, spec}: Policy): string {
  const profiles = profileKeys.map(key => metadata.annotations?.[key] ?? null);
  return printJson([sortedNames(normalSpec(plain(spec))), profiles]);
}

function sortedNames(value: Json): Json {
  if (Array.isArray(value)) {
    return value.every(item => typeof item === 'string')
      ? [...new Set(value)].sort()
      : value.map(sortedNames);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, sortedNames(item ?? null)]),
  );
}
