import {exitCodes, UserError} from '../errors.ts';

type Test = (labels: Readonly<Record<string, string>>) => boolean;

const term =
  /^\s*(?:(?<absent>!)\s*(?<missing>[^\s=!,()]+)|(?<key>[^\s=!,()]+)(?:\s*(?<sign>==|=|!=)\s*(?<value>[^\s=!,()]*)|\s+(?<verb>in|notin)\s*\((?<values>[^()]*)\))?)\s*(?:,|$)/;

/** Reads a label selector as kubectl's -l has it: `a=b,c!=d,e in (x,y),f,!g`. */
export function parseSelector(text: string): Test {
  const tests: Test[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const found = term.exec(rest);
    if (found?.groups === undefined) {
      throw new UserError(
        `-l: can't read the label selector ${JSON.stringify(text)} at ${JSON.stringify(rest)}`,
        exitCodes.usage,
      );
    }
    tests.push(testOf(found.groups));
    rest = rest.slice(found[0].length);
  }
  return labels => tests.every(test => test(labels));
}

function testOf(groups: Readonly<Record<string, string | undefined>>): Test {
  const {missing, key = '', sign, value = '', verb, values = ''} = groups;
  if (missing !== undefined) return labels => labels[missing] === undefined;
  if (sign === '!=') return labels => labels[key] !== value;
  if (sign !== undefined) return labels => labels[key] === value;
  if (verb === undefined) return labels => labels[key] !== undefined;
  const wanted = values.split(',').map(item => item.trim());
  const isIn: Test = labels => wanted.includes(labels[key] ?? '\0');
  return verb === 'in' ? isIn : labels => !isIn(labels);
}
