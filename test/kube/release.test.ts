import {describe, expect, test} from 'vitest';
import {minorOf, releaseOf, sinceRelease} from '../../src/kube/release.ts';

describe('the release of a server', () => {
  test.each([
    ['v1.21.14', 21],
    ['v1.21.14-eks-18ef993', 21],
    ['v1.20.15-gke.1000', 20],
    ['v1.19.16+k3s1', 19],
    ['v1.22.17+rke2r1', 22],
    ['v1.16.15-beta.0', 16],
    ['1.18', 18],
    ['1.17+', 17],
    ['v1.24', 24],
  ])('%s is 1.%i', (version, minor) => {
    expect(minorOf(version)).toBe(minor);
    expect(releaseOf(version)).toBe(minor);
  });

  test('is the nearest one that is known', () => {
    expect(releaseOf('v1.15.12')).toBe(16);
    expect(releaseOf('v1.9.0')).toBe(16);
    expect(releaseOf('v1.25.0')).toBe(24);
    expect(releaseOf('v1.37.2')).toBe(24);
  });

  test('is the last one where nothing says which', () => {
    for (const version of [undefined, '', 'unknown', 'v2.0.0', 'v1', 'v1.x', 'v1.123456']) {
      expect(minorOf(version)).toBeUndefined();
      expect(releaseOf(version)).toBe(24);
    }
  });
});

test('a value holds from its release on, up to the next one', () => {
  const held = sinceRelease<string | undefined>({16: 'a', 19: undefined, 22: 'c'});
  expect([16, 17, 18].map(minor => held(releaseOf(`v1.${minor}`)))).toEqual(['a', 'a', 'a']);
  expect([19, 21].map(minor => held(releaseOf(`v1.${minor}`)))).toEqual([undefined, undefined]);
  expect([22, 24].map(minor => held(releaseOf(`v1.${minor}`)))).toEqual(['c', 'c']);
});
