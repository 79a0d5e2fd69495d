import {allOf, always, type Cel, cel, mapOf} from '../../cel/cel.ts';
import type {CelFacet, CelPatch} from '../celFacet.ts';
import {ofContainer} from './celNames.ts';
import {unique} from './names.ts';

interface CapabilityRule {
  readonly allowed: readonly string[];
  readonly defaultAdd: readonly string[];
  readonly requiredDrop: readonly string[];
}

const added = cel`${ofContainer('capabilities')}.?add.orValue([])`;
const dropped = cel`${ofContainer('capabilities')}.?drop.orValue([])`;

export const capabilitiesInCel: CelFacet<CapabilityRule> = {
  rules({allowed, defaultAdd, requiredDrop}) {
    const [adds, drops] = [unique(defaultAdd), unique(requiredDrop)];
    const mayAdd = unique([...defaultAdd, ...allowed]);
    const isIn = cel`x in ${mayAdd}`;
    const filled = allowed.includes('*') ? always : cel`${added}.all(x, ${isIn})`;
    const unchanged = allOf([
      filled,
      ...(drops.length > 0 ? [cel`${drops}.all(x, x in ${dropped})`] : []),
      ...(adds.length > 0 ? [cel`${adds}.all(x, x in ${added} || x in ${dropped})`] : []),
    ]);
    if (unchanged === always) return undefined;
    const beyond = cel`${added}.filter(x, !(${isIn})).join(', ')`;
    const unsaid = `does not add or drop what the policy does; added: ${inWords(adds)}, dropped: ${inWords(drops)}`;
    const over = cel`'capabilities added beyond what is allowed: ' + ${beyond} + ${`; allowed: ${inWords(mayAdd)}`}`;
    return {
      container: {
        unchanged,
        filled,
        fault: filled === always ? cel`${unsaid}` : cel`${filled} ? ${unsaid} : ${over}`,
      },
      ...writesOf(adds, drops),
    };
  },
  patches: {capabilities: patch()},
};

function inWords(names: readonly string[]): string {
  return names.join(', ') || 'none';
}

function writesOf(adds: readonly string[], drops: readonly string[]) {
  if (adds.length + drops.length === 0) return {};
  const entries: readonly (readonly [string, readonly string[]])[] = [
    ['add', adds],
    ['drop', drops],
  ];
  const some = entries.filter(([, names]) => names.length > 0);
  return {writes: {capabilities: mapOf(some.map(([key, names]) => [key, cel`${names}`]))}};
}

/**
 * Adds what the container does not drop itself; lists that stay as they are are not written. The default is
 * taken out of its optional first: a variable forgets that it is one, and `.?` then finds nothing in it.
 */
function patch(): CelPatch {
  const more = (given: Cel) => ({
    adds: cel`${given}.orValue({}).?add.orValue([]).filter(x, !(x in ${added}) && !(x in ${dropped}))`,
    drops: cel`${given}.orValue({}).?drop.orValue([]).filter(x, !(x in ${dropped}))`,
  });
  return {
    at: ['container', 'capabilities'],
    when: given =>
      cel`${given}.hasValue() && (size(${more(given).adds}) > 0 || size(${more(given).drops}) > 0)`,
    value: given =>
      cel`{'add': ${added} + ${more(given).adds}, 'drop': ${dropped} + ${more(given).drops}}`,
  };
}
