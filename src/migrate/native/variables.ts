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
  const asked = new Set<string>();
  const ask = (text: string) => {
    for (const name of namesIn(text)) {
      const found = byName.get(name);
      if (asked.has(name) || found === undefined) continue;
      asked.add(name);
      ask(String(found.value));
    }
  };
  for (const one of expressions) ask(String(one));
  // In their order, but for those that others ask for: a variable stands behind all that it consists of.
  const sorted = new Set<Variable>();
  const place = (one: Variable) => {
    if (sorted.has(one)) return;
    for (const name of namesIn(String(one.value))) {
      const found = byName.get(name);
      if (found !== undefined) place(found);
    }
    sorted.add(one);
  };
  for (const one of all) if (asked.has(one.name)) place(one);
  return [...sorted].map(expressed);
}

/** The names of the variables in a text. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\bvariables\.(\w+)/g)].map(([, name = '']) => name);
}

function expressed({name, value, about}: Variable) {
  // As a literal, so that no line break in a name can end the comment.
  const comment = about === undefined ? '' : `// policy ${cel`${about}`}\n`;
  return {name, expression: `${comment}${value}`};
}
