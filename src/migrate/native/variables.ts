import {type Cel, cel, celName} from '../../cel/cel.ts';
import {celNames} from '../../controls/shared/celNames.ts';

/** A named expression of an admission policy; it is computed when it is first asked for. */
export interface Variable {
  readonly name: string;
  readonly value: Cel;
  /** What it is about, for people who read the policy. */
  readonly about?: string;
}

export function variable(name: string): Cel {
  return cel`variables.${celName(name)}`;
}

/**
 * The variables that the expressions ask for, directly or not, as the API has them: first what controls look
 * at, then the given ones in their order. A name twice would silently be the last (k8s.io/apiserver
 * v0.37.2, pkg/admission/plugin/cel/composition.go), so it is an error here.
 */
export function variablesFor(
  phase: 'mutating' | 'validating',
  own: readonly Variable[],
  expressions: readonly Cel[],
): readonly {readonly name: string; readonly expression: string}[] {
  const all = [...celNames(phase).map(([name, value]) => ({name, value})), ...own];
  const byName = new Map(all.map(one => [one.name, one]));
  if (byName.size < all.length) throw new Error('two variables of one name');
  const used = new Set<string>();
  const waiting = expressions.map(String);
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const [, name = ''] of text.matchAll(/\bvariables\.(\w+)/g)) {
      const found = byName.get(name);
      if (used.has(name) || found === undefined) continue;
      used.add(name);
      waiting.push(String(found.value));
    }
  }
  return all.filter(({name}) => used.has(name)).map(expressed);
}

function expressed({name, value, about}: Variable) {
  // As a literal, so that no line break in a name can end the comment.
  const comment = about === undefined ? '' : `// policy ${cel`${about}`}\n`;
  return {name, expression: `${comment}${value}`};
}
