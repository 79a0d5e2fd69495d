import {describe, expect, test} from 'vitest';
import {completedJump, jumpHint} from '../../src/tui/jumpHints.ts';
import {jumpOf, jumpWords} from '../../src/tui/jumps.ts';
import {demo} from './standIns.ts';

describe('what is typed after :', () => {
  const view = (typed: string) => {
    const jump = jumpOf(typed, demo);
    return jump.to === 'view' ? jump.view : jump;
  };

  test.each([
    ['ns', {name: 'namespaces'}],
    ['ns shop', {name: 'accounts', namespace: 'shop'}],
    [' Po  shop ', {name: 'pods', namespace: 'shop'}],
    ['pods', {name: 'pods', namespace: undefined}],
    ['deploy', {name: 'workloads', namespace: undefined, kind: 'Deployment'}],
    ['sts data', {name: 'workloads', namespace: 'data', kind: 'StatefulSet'}],
    ['cronjobs', {name: 'workloads', namespace: undefined, kind: 'CronJob'}],
    ['wl shop', {name: 'workloads', namespace: 'shop'}],
    ['sa shop', {name: 'accounts', namespace: 'shop'}],
    ['psp', {name: 'policies'}],
    ['psp web', {name: 'policy', policy: 'web'}],
    ['who-can privileged', {name: 'subjects', policy: 'privileged'}],
    ['grants ci', {name: 'grants', namespace: 'ci'}],
    ['migrate shop', {name: 'migrate', namespace: 'shop'}],
    ['way-off', {name: 'migrate', namespace: undefined}],
    ['audit', {name: 'findings', namespace: undefined}],
    ['advise shop', {name: 'advise', scope: 'service-account', namespace: 'shop'}],
    ['gaps', {name: 'gaps'}],
  ])('%s leads to a view', (typed, expected) => {
    expect(view(typed)).toEqual(expected);
  });

  test('files, contexts and the end', () => {
    expect(jumpOf('try ./next release/', demo)).toEqual({to: 'try', file: './next release/'});
    expect(jumpOf('snapshot now.json', demo)).toEqual({to: 'snapshot', file: 'now.json'});
    expect(jumpOf('ctx prod', demo)).toEqual({to: 'context', context: 'prod'});
    expect(jumpOf('ctx', demo)).toEqual({to: 'context', context: undefined});
    expect(jumpOf('q', demo)).toEqual({to: 'quit'});
    expect(jumpOf('  ', demo)).toEqual({to: 'nothing'});
  });

  test.each([
    ['po shpo', 'No namespace shpo: did you mean "shop"?'],
    ['psp wob', 'No policy wob: did you mean "web"?'],
    ['try', ':try takes a file: :try FILE'],
    ['constructor', /^No view constructor; there are: ns po /],
  ])('%s is a problem that says what there is', (typed, text) => {
    expect(jumpOf(typed, demo)).toEqual({to: 'problem', text: expect.stringMatching(text)});
  });
});

test('what may be typed next is offered, and Tab completes what only one can be', () => {
  expect(jumpHint('', demo)).toBe(jumpWords);
  expect(jumpHint('p', demo)).toBe('po psp');
  expect(jumpHint('psp', demo)).toBe('[POLICY]');
  expect(jumpHint('psp log', demo)).toBe('log-shipper');
  expect(jumpHint('po s', demo)).toBe('shop');
  expect(jumpHint('gaps', demo)).toBe('');
  expect(jumpHint('nowhere s', demo)).toBe('');
  expect(completedJump('w', demo)).toBe('who-can ');
  expect(completedJump('p', demo)).toBe('p');
  expect(completedJump('psp r', demo)).toBe('psp restricted ');
  expect(completedJump('po kube-', demo)).toBe('po kube-');
  expect(completedJump('po ku', demo)).toBe('po kube-');
  expect(completedJump('nothing', demo)).toBe('nothing');
});

test('every word that is offered leads somewhere', () => {
  for (const word of jumpHint('  ', demo)
    .replaceAll(/\[NAME\]|NAME|FILE/g, '')
    .split(/\s+/)) {
    if (word !== '') expect(jumpHint(word.slice(0, -1), demo).split(' '), word).toContain(word);
  }
});
