import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {referencePages} from '../../scripts/docs.ts';
import {connectionFlags, flagName} from '../../src/commands/flags.ts';
import {commands, rootCommand} from '../../src/commands/index.ts';
import {exitCodes} from '../../src/errors.ts';
import {parseOnly} from '../support/run/run.ts';
import {blocksOf, commandLines, readText, root} from './markdown.ts';

const page = readText('docs/REFERENCE.md');

// `npm run docs` writes them again.
test.each(Object.entries(referencePages()))('%s is current', (path, text) => {
  expect(readText(path)).toBe(text);
});

describe('the reference', () => {
  test('has every command, flag and exit code of --help', async () => {
    const options = await parseOnly(['options']);
    for (const {name, flags} of [rootCommand, ...commands]) {
      const {output} = await parseOnly([...[name].filter(Boolean), '--help']);
      const title = ['kubectl psp', name].filter(Boolean).join(' ');
      expect(page).toContain(`\n## ${title}\n`);
      for (const [key, {help}] of Object.entries(flags)) {
        const told = Object.hasOwn(connectionFlags, key) ? options.output : output;
        expect(told).toContain(`--${flagName(key)}`);
        expect(page).toContain(`\`--${flagName(key)}\``);
        expect(page).toContain(help.replaceAll('|', '\\|'));
      }
    }
    const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(exitCodes));
  });

  test('has examples whose command lines parse', async () => {
    const lines = blocksOf(page).flatMap(block => commandLines(block, 'kubectl psp'));
    expect(lines.length).toBeGreaterThan(commands.length);
    for (const [, , ...args] of lines) {
      const {exitCode, output} = await parseOnly(args);
      expect.soft(exitCode, `${args.join(' ')}: ${output}`).not.toBe(exitCodes.usage);
    }
  });

  test('has links that lead somewhere', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const anchors = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(anchors.filter(anchor => !headings.includes(anchor ?? ''))).toEqual([]);
    for (const [, file = ''] of page.matchAll(/\]\((\.\.\/[^)]+)\)/g)) {
      expect(readText(join('docs', file)).length).toBeGreaterThan(0);
    }
  });
});

const hasGroff = spawnSync('groff', ['--version']).status === 0;

test.skipIf(!hasGroff)('the man page is right for groff (skipped where there is none)', () => {
  const file = join(root, 'man/kubectl-psp.1');
  const {stdout, stderr} = spawnSync('groff', ['-man', '-Tascii', '-ww', file]);
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toContain('kubectl psp why [flags] [POD | KIND/NAME]...');
});
