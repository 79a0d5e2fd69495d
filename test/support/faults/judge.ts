import {expect} from 'vitest';
import {parseJson} from '../../../src/kube/json.ts';
import type {Case} from './cases.ts';
import {type Row, type Timed, tooLongMs} from './commands.ts';

/** Fails if a command's way with a fault that it met is none of those that the case allows. */
export function judge(fault: Case, row: Row, result: Timed, answer: Timed, where: string): void {
  const {outcome, says} = fault;
  if (outcome === 'same') {
    expect({...result, ms: 0}, where).toEqual({...answer, ms: 0});
    return;
  }
  if (row.isAboutServer && result.out !== '') {
    expect([0, 1, 3], where).toContain(result.code);
    parseJson(result.out);
    return;
  }
  if (row.answersWithout && (outcome === 'gap' || fault.name === 'no policies') && result.out) {
    expect([0, 1, 3], where).toContain(result.code);
    if (says !== undefined) expect(result.err, where).toMatch(says);
    if (outcome === 'gap') expect(result.out, where).toMatch(/"gaps":\s*\[\s*\{/);
    return;
  }
  const isWhole = result.out === answer.out && result.code === answer.code;
  if (outcome === 'gap' && isWhole && row.doesWithout?.some(kind => fault.name.endsWith(kind)))
    return;
  if (says !== undefined) expect(result.err, where).toMatch(says);
  if (outcome === 'gap' && result.code <= 1) {
    expect(result.err, where).toMatch(/^incomplete: /m);
    if (!row.printsObjects) expect(result.out, where).toMatch(/"gaps":\s*\[\s*\{/);
    return;
  }
  expect(result.code, where).toBe(outcome === 'gap' ? 4 : outcome);
  expect(result.out, where).toBe('');
  expect(result.err, where).toMatch(/^error: .*\n$/m);
}

/** Completions are always an answer, in time, without another word. */
export function judgeCompletion({code, out, err, ms}: Timed, answer: Timed): void {
  expect({code, err}).toEqual({code: 0, err: ''});
  expect(ms).toBeLessThan(tooLongMs);
  expect(out).toMatch(/(^|\n):\d+\n$/);
  const names = out.split('\n').slice(0, -2);
  expect(answer.out.split('\n')).toEqual(expect.arrayContaining(names));
}
