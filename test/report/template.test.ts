import {describe, expect, test} from 'vitest';
import {picked, pickFormatOf} from '../../src/report/template/templated.ts';

const document = {
  kind: 'List',
  items: [
    {
      name: 'a',
      n: 1,
      labels: {'app.kubernetes.io/name': 'x', tier: 'web'},
      parts: [{id: 'p'}, {id: 'q'}],
      none: null,
    },
    {name: 'b', n: 20, isOn: true, parts: []},
    {name: 'c\u001b[31m', n: 3},
  ],
};

function pick(output: string, headers = true): string {
  const format = pickFormatOf(output);
  if (format === undefined) throw new Error(`no format: ${output}`);
  return picked(format, JSON.stringify(document), headers);
}

describe('-o jsonpath', () => {
  test.each([
    ['{.kind}', 'List'],
    ['.kind', 'List'],
    ['x {.kind} y', 'x List y'],
    ['{.items[0].name}', 'a'],
    ['{.items[*].n}', '1 20 3'],
    ['{.items[-1].n}{.items[-3:-1].n}{.items[0:3:2].n}', '31 201 3'],
    ['{.items[0,1].name}', 'a b'],
    ["{.items[0]['name','n']}", 'a 1'],
    ['{range .items[*]}{.name}{"\\t"}{.n}{"\\n"}{end}', 'a\t1\nb\t20\nc\\u{1b}[31m\t3\n'],
    ['{range .items[*]}{range .parts[*]}{.id};{end}|{end}', 'p;q;|||'],
    ['{.items[?(@.name=="b")].n}', '20'],
    ["{.items[?(@.n>2)].n} {.items[?(@.n<=3)].n} {.items[?(@.name!='a')].n}", '20 3 1 3 20 3'],
    ['{.items[?(@.isOn)].name}', 'b'],
    ['{.items[?(@.isOn==true)].name}', 'b'],
    ['{.items[0].labels.app\\.kubernetes\\.io/name}', 'x'],
    ['{.items[0].labels.*}', 'x web'],
    ['{..id}', 'p q'],
    ['{.items[0].parts}', '[{"id":"p"},{"id":"q"}]'],
    ['{.nope}{.items[0].nope.deeper}{.items[0].none}', ''],
    ['{"say"}{1}', 'say1'],
    ['{range .items[*]}{$.kind}{end}', 'ListListList'],
  ])('%s', (template, text) => {
    expect(pick(`jsonpath=${template}`)).toBe(text);
  });

  test.each([
    '{.items[}',
    '{.items[*}',
    '{range .items[*]}{.name}',
    '{end}',
    '{items}',
    '{.items[?(@.n>)]}',
    '{.kind',
  ])('%s is refused', template => {
    expect(() => pick(`jsonpath=${template}`)).toThrow(/^-o: .* is expected, found /);
  });
});

describe('-o custom-columns', () => {
  test('has a row for each item, and <none> for what is not there', () => {
    expect(pick('custom-columns=NAME:.name,NUMBER:n,PARTS:{.parts[*].id},ON:.isOn')).toBe(
      [
        'NAME          NUMBER   PARTS    ON',
        'a             1        p,q      <none>',
        'b             20       <none>   true',
        'c\\u{1b}[31m   3        <none>   <none>',
        '',
      ].join('\n'),
    );
    expect(pick('custom-columns=NAME:.name', false)).toBe('a\nb\nc\\u{1b}[31m\n');
  });

  test.each(['NAME', 'NAME:', ':.name', 'NAME:.name]'])('%s is refused', spec => {
    expect(() => pick(`custom-columns=${spec}`)).toThrow(/^-o/);
  });
});
