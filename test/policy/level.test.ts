import {describe, expect, test} from 'vitest';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {levelGap, levelText, titleInText} from '../../src/policy/level.ts';

const policy = (spec: object, annotations = {}) => ({metadata: {name: 'p', annotations}, spec});

describe('the level is told with what keeps a policy from the next one', () => {
  test.each([
    ['restricted', builtinPolicy('restricted', {appArmor: true, release: lastRelease})],
    [
      'baseline (not restricted: volumes, user, capabilities, privilege escalation)',
      builtinPolicy('baseline', {appArmor: true, release: lastRelease}),
    ],
    [
      'privileged (not baseline: AppArmor)',
      builtinPolicy('baseline', {appArmor: false, release: lastRelease}),
    ],
    [
      'privileged (not baseline: host network, host ports, SELinux, AppArmor)',
      policy({
        hostNetwork: true,
        hostPorts: [{min: 1, max: 2}],
        runAsUser: {rule: 'RunAsAny'},
        seLinux: {rule: 'RunAsAny'},
      }),
    ],
  ])('%s', (text, one) => expect(levelText(one)).toBe(text));

  test('tightening these controls, and no others, reaches it', () => {
    const open = builtinPolicy('privileged', {appArmor: true, release: lastRelease});
    const baseline = builtinPolicy('baseline', {appArmor: true, release: lastRelease});
    const {next, controls} = levelGap(open);
    const closed = (some: typeof controls) =>
      levelGap(some.reduce((tighter, control) => control.copy(baseline, tighter), open)).level;
    expect(next).toBe('baseline');
    expect(closed(controls)).toBe('baseline');
    for (const left of controls) {
      expect(closed(controls.filter(one => one !== left))).toBe('privileged');
    }
  });
});

test('a title within a sentence keeps its own capitals', () => {
  expect(['Host IPC', 'CSI drivers', 'SELinux', 'AppArmor', '/proc'].map(titleInText)).toEqual([
    'host IPC',
    'CSI drivers',
    'SELinux',
    'AppArmor',
    '/proc',
  ]);
});
