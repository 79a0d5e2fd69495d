import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {spansOf} from '../../scripts/picture/ansi.ts';
import {drawSession} from '../../scripts/picture/story.ts';
import {svgOf} from '../../scripts/picture/svg.ts';
import {hasTmux} from '../../scripts/picture/terminal.ts';
import {keysOf} from '../../src/tui/keys.ts';
import {readText, root} from './markdown.ts';

const file = 'docs/session.svg';
const program = join(root, 'bin/kubectl-psp');

describe('the picture of the session', () => {
  test('is well-formed and needs no other file', () => {
    const svg = readText(file);
    expect(faultOf(svg)).toBe('');
    expect(svg).not.toMatch(/<(image|script|foreignObject)\b|\b(href|src)=|url\(|@import/);
  });

  const missing = [
    ...(hasTmux() ? [] : ['tmux not found, install it']),
    ...(existsSync(join(root, 'dist/start.cjs')) ? [] : ['not built, run npm run build']),
  ];
  if (missing.length > 0) process.stderr.write(`skipped: ${file}: ${missing.join('; ')}\n`);

  test.runIf(missing.length === 0)('is what the program shows; else: npm run picture', async () => {
    expect(await drawSession(program)).toBe(readText(file));
  });
});

describe('a screen becomes a picture', () => {
  test('a style lasts until another one, also beyond its line', () => {
    const styles = spansOf(
      'a\x1b[1mb\x1b[0;7m\x1b[31mc\nd\x1b[27;39me\x1b[2mf\x1b[22m\x1b[49mg\x1b[1;38;2;255;122;146;48;2;0;1;2mh',
    ).map(line =>
      line.map(({text, style}) => [
        text,
        ...Object.entries(style).flatMap(([name, value]) =>
          value === true ? [name] : value ? [value] : [],
        ),
      ]),
    );
    expect(styles).toEqual([
      [['a'], ['b', 'bold'], ['c', 'red', 'inverse']],
      [['d', 'red', 'inverse'], ['e'], ['f', 'dim'], ['g'], ['h', '#ff7a92', '#000102', 'bold']],
    ]);
  });

  test('what has no picture is an error and not left out', () => {
    expect(() => spansOf('\x1b[38;5;208mx')).toThrow('unknown style 38');
    expect(() => spansOf('\x1b[2Kx')).toThrow('unknown escape sequence');
  });

  test('letters that mean something in XML are escaped, and words stand in their columns', () => {
    const frames = [{caption: 'a < b & c', screen: spansOf(`> "x" & 'y'   <z>\n  two words`)}];
    const svg = svgOf('t <>', frames, {columns: 80, lines: 24, ground: 'dark'});
    expect(faultOf(svg)).toBe('');
    expect(svg).toContain('>a &lt; b &amp; c</text>');
    expect(svg).toContain('>&gt; &quot;x&quot; &amp; &apos;y&apos;</text>');
    expect(svg).toContain('x="133.6" y="52" textLength="25.2">&lt;z&gt;</text>');
    expect(svg).toContain('x="32.8" y="70" textLength="75.6">two words</text>');
  });

  test.each([
    ['<a><b></a></b>', 'a closes b'],
    ['<a b=1></a>', 'not XML: <a b=1>'],
    ['<a>x & y</a>', 'not XML: & y</a>'],
    ['<a b="1" b="2"/>', 'twice in <a b="1" b="2"/>'],
    ['<a>', 'a is open'],
    ['<a/>\x1b', 'not XML: \x1b'],
    ['<a b="x &lt; y" c-d=""><e/>&amp;</a>', ''],
  ])('%j: %j', (xml, fault) => {
    expect(faultOf(xml)).toBe(fault);
  });
});

test('the README has the keys of the session', () => {
  const [section = ''] = /^## The session\n[\s\S]*?^## /m.exec(readText('README.md')) ?? [];
  const rows = [...section.matchAll(/^\| (`.*?) \| (.*?) \|/gm)];
  const keys = (where: RegExp) =>
    rows
      .filter(([, , place = '']) => where.test(place))
      .flatMap(([, cell = '']) => [...cell.matchAll(/`(.+?)`/g)].map(([, key]) => key));
  const missing = (where: RegExp, view: Parameters<typeof keysOf>[0]) =>
    keysOf(view).flatMap(({key}) => (keys(where).includes(key) ? [] : key));
  const lists = /everywhere|lists|namespaces/;
  expect(missing(lists, {name: 'namespaces'})).toEqual([]);
  expect(missing(/everywhere|lists|policies/, {name: 'policies'})).toEqual([]);
  expect(missing(/everywhere|why/, {name: 'why', item: ''})).toEqual([]);
  expect(missing(/everywhere|editor/, {name: 'policy', policy: ''})).toEqual([]);
});

/** What keeps a text from being well-formed XML of elements and text; '' if nothing does. */
function faultOf(xml: string): string {
  const open: string[] = [];
  const token =
    /<\/([\w-]+)>|<([\w-]+)((?: [\w:-]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos);)*")*)(\/?)>|(?:[\n\t\x20-\x25\x27-\x3b\x3d-\ud7ff\ue000-\ufffd]|&(?:amp|lt|gt|quot|apos);)+/y;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) return `not XML: ${/^<[^>]*>|^[\s\S]{1,40}/.exec(xml.slice(at))?.[0]}`;
    const [whole, closed, opened, attributes = '', isEmpty] = found;
    const names = Array.from(attributes.matchAll(/ ([\w:-]+)=/g), ([, name]) => name);
    if (new Set(names).size < names.length) return `twice in ${whole}`;
    const last = closed === undefined ? undefined : open.pop();
    if (last !== closed) return `${closed} closes ${last}`;
    if (opened !== undefined && isEmpty === '') open.push(opened);
  }
  return open.length === 0 ? '' : `${open.at(-1)} is open`;
}
