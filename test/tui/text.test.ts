import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {fitEnd, fitTo, fitWords, widthOf, wrapLine} from '../../src/tui/text.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '日',
    '本',
    '한',
    '👩‍👩‍👧',
    '🇩🇪',
    'e\u0301',
    'a',
    'b-c',
    ' ',
    '\u001B[31m',
    '\u202E',
    '\u0000',
  ),
  fc.string({unit: 'binary', maxLength: 3}),
);
const text = fc.array(piece, {maxLength: 40}).map(parts => parts.join(''));
const dangerous = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('text on a screen', () => {
  test('fits its columns exactly, whatever is in it', () => {
    fc.assert(
      fc.property(text, fc.integer({min: 1, max: 60}), (raw, width) => {
        for (const fitted of [fitTo(raw, width), fitEnd(raw, width)]) {
          expect(widthOf(fitted)).toBe(width);
          expect(fitted).not.toMatch(dangerous);
        }
      }),
    );
  });

  test('is wrapped into lines that all fit, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(text, fc.integer({min: 8, max: 60}), (raw, width) => {
        const lines = wrapLine(raw, width);
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(dangerous);
        }
        if (/[^ -~]/.test(raw)) return;
        const bare = (all: string) => all.replaceAll(' ', '');
        expect(bare(lines.join(''))).toBe(bare(raw));
      }),
    );
  });

  test('shows its beginning, or its end where that matters', () => {
    expect(fitTo('Namespaces > shop > web', 12)).toBe('Namespaces …');
    expect(fitEnd('Namespaces > shop > web', 12)).toBe('… shop > web');
    expect(fitTo('日本語', 4)).toBe('日… ');
    expect(fitEnd('日本語', 4)).toBe('…語 ');
  });

  test('a deeply indented line is wrapped too', () => {
    expect(
      wrapLine(`${' '.repeat(30)}far away from here`, 12).every(line => line.length <= 12),
    ).toBe(true);
  });

  test('a cell is cut between words, and a name keeps the end that tells it from others', () => {
    expect(fitWords('SELinux, AppArmor, Seccomp', 26)).toBe('SELinux, AppArmor, Seccomp');
    expect(fitWords('SELinux, AppArmor, Seccomp', 22)).toBe('SELinux, AppArmor, …  ');
    expect(fitWords('SELinux, AppArmor, Seccomp', 20)).toBe('SELinux, AppArmor, …');
    expect(fitWords('SELinux, AppArmor, Seccomp', 19)).toBe('SELinux, …         ');
    expect(fitWords('0-least.ingress.edge-proxy', 20)).toBe('0-least.…proxy      ');
    expect(fitWords('checkout-7d9f8b6c5-x2k4p', 18)).toBe('checkout-…x2k4p   ');
    expect(fitWords('x'.repeat(20), 5)).toBe('xxxx…');
    expect(fitWords('MustRunAs 3000-3999', 17)).toBe('MustRunAs …      ');
    expect(fitWords('Flexvolume drivers', 14)).toBe('Flexvolume …  ');
    fc.assert(
      fc.property(text, fc.nat(60), (any, width) => {
        expect(widthOf(fitWords(any, width))).toBe(width);
      }),
    );
  });
});
