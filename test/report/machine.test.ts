import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {document, jsonParts, jsonText, yamlParts} from '../../src/report/machine.ts';
import {printYaml} from '../../src/yaml/documents.ts';

const item = fc.dictionary(fc.string(), fc.jsonValue(), {maxKeys: 4});
const answers = fc.record({
  items: fc.array(item, {maxLength: 5}),
  more: fc.oneof(fc.constant(undefined), fc.jsonValue()),
});

describe('a document in parts', () => {
  test('has the bytes of the document as one', () => {
    fc.assert(
      fc.property(answers, ({items, more}) => {
        const whole = {...document('Any', items, []), more};
        const parted = {...document('Any', items.values(), []), more};
        expect([...jsonParts(parted)].join('')).toBe(jsonText(whole));
        const again = {...document('Any', items.values(), []), more};
        expect([...yamlParts(again, printYaml)].join('')).toBe(printYaml(whole));
      }),
    );
  });

  test('makes its items as they are printed, and keeps none', () => {
    let made = 0;
    function* items() {
      for (; made < 1000; made++) yield {text: 'x'.repeat(1000)};
    }
    const [first = ''] = jsonParts(document('Many', items(), []));
    expect(first.length).toBeLessThan(2 ** 17);
    expect(made).toBeLessThan(100);
  });
});
