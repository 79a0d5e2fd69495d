import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** The top of the checkout. */
export const root = join(import.meta.dirname, '../..');

/** A fenced block of a Markdown file. */
export interface Block {
  /** What stands after the opening fence: sh, yaml, console; '' for nothing. */
  readonly language: string;
  /** Without the fences, with its last line break. */
  readonly text: string;
}

const fenced = /^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

/** The text of a file of the checkout. */
export function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(fenced)].map(({groups}) => ({
    language: groups?.language ?? '',
    text: groups?.text ?? '',
  }));
}

/** The same text with the fenced blocks of a language replaced, one after another. */
export async function replaceBlocks(
  markdown: string,
  language: string,
  replace: (text: string) => Promise<string>,
): Promise<string> {
  let result = '';
  let end = 0;
  for (const found of markdown.matchAll(fenced)) {
    if (found.groups?.language !== language) continue;
    result += markdown.slice(end, found.index);
    result += `\`\`\`${language}\n${await replace(found.groups.text ?? '')}\`\`\``;
    end = found.index + found[0].length;
  }
  return result + markdown.slice(end);
}

/**
 * The command lines of a shell or console block that start `program`, each as its words. Comments and
 * what stands behind a pipe are left out.
 */
export function commandLines({language, text}: Block, program: string): readonly Words[] {
  if (language !== 'sh' && language !== 'console') return [];
  return text
    .split('\n')
    .filter(line => language === 'sh' || line.startsWith('$ '))
    .map(line => line.replace(/^\$ /, ''))
    .flatMap(line => line.split(/ && | \| |; /))
    .map(wordsOf)
    .filter(words => words.join(' ').startsWith(program));
}

/** A command line, split as a shell does. */
export type Words = readonly string[];

/** Splits at blanks, but not in quotes. Comments end the line. */
export function wordsOf(line: string): Words {
  return [...line.replace(/(^|\s)#.*$/, '').matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(
    ([word]) => word.replaceAll(/['"]/g, ''),
  );
}
