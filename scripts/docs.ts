/**
 * node scripts/docs.ts: writes docs/REFERENCE.md and the man page man/kubectl-psp.1 from what
 * --help is made of, and docs/RULES.md from the rules of the audit.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {exitCodeHelp} from '../src/cli.ts';
import {argumentsUsage, type Command} from '../src/commands/command.ts';
import {connectionFlags, type Flag, type Flags, flagName} from '../src/commands/flags.ts';
import {commands, rootCommand} from '../src/commands/index.ts';
import {rulesPage} from './rulesPage.ts';

/** The pages by their paths in the checkout. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'docs/REFERENCE.md': markdown(),
    'docs/RULES.md': rulesPage(),
    'man/kubectl-psp.1': manual(),
  };
}

const all = [rootCommand, ...commands];

function titleOf({name}: Command): string {
  return ['kubectl psp', name].filter(Boolean).join(' ');
}

function usageOf(command: Command): string {
  return `${titleOf(command)} ${argumentsUsage(command)}`;
}

/** The command's own flags; those for reaching a cluster are told once for all commands. */
function ownFlags({flags}: Command): readonly (readonly [string, Flag])[] {
  return shown(flags).filter(([key]) => !Object.hasOwn(connectionFlags, key));
}

function shown(flags: Flags): readonly (readonly [string, Flag])[] {
  return Object.entries(flags).filter(([, {hidden}]) => !hidden);
}

function namesOf(key: string, {short}: Flag): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${flagName(key)}`];
}

function placeholderOf({type, placeholder = 'VALUE', implied}: Flag): string {
  if (type === 'boolean') return '';
  return implied === undefined ? placeholder : `[${placeholder}]`;
}

function reachesClusters({flags}: Command): boolean {
  return Object.keys(connectionFlags).some(key => Object.hasOwn(flags, key));
}

/** The paragraphs of a text, each on one line. */
function paragraphs(text: string): readonly string[] {
  return text.split('\n\n').map(paragraph => paragraph.replaceAll('\n', ' '));
}

/** The codes and their meanings, as --help has them. */
function exitCodes(): readonly (readonly [string, string])[] {
  const lines = [...exitCodeHelp.matchAll(/^ {2}(\d+) +(.+)$/gm)];
  return lines.map(([, code = '', meaning = '']) => [code, meaning]);
}

function markdown(): string {
  const list = commands.map(
    command =>
      `- [\`${titleOf(command)}\`](#${titleOf(command).replaceAll(' ', '-')}): ${command.summary}`,
  );
  const codes = exitCodes().map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `${[
    '# Reference',
    '<!-- Written by `npm run docs` from the same source as --help. -->',
    list.join('\n'),
    ...all.flatMap(markdownSection),
    '## Reaching a cluster',
    "kubectl's flags, with kubectl's meaning.",
    flagTable(shown(connectionFlags)),
    '## Exit codes',
    ['| code | meaning |', '| --- | --- |', ...codes].join('\n'),
    '## Machine output',
    [
      'What `-o json` and `-o yaml` print, and snapshots, are described by a JSON Schema:',
      '[psp.kubectl.v1alpha1.json](../schema/psp.kubectl.v1alpha1.json). `advise -o yaml` is the',
      'exception: it prints objects for `kubectl apply -f -`.',
    ].join('\n'),
  ].join('\n\n')}\n`;
}

function markdownSection(command: Command): readonly string[] {
  const own = ownFlags(command);
  const examples = command.examples.map(({says, types}) => `# ${says}\n${types}`);
  return [
    `## ${titleOf(command)}`,
    `${command.summary}.`,
    `\`\`\`\n${usageOf(command)}\n\`\`\``,
    ...paragraphs(command.description),
    ...(own.length > 0 ? [flagTable(own)] : []),
    ...(reachesClusters(command)
      ? ['And the flags for [reaching a cluster](#reaching-a-cluster).']
      : []),
    `\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``,
  ];
}

function flagTable(flags: readonly (readonly [string, Flag])[]): string {
  const rows = flags.map(([key, flag]) => {
    const names = namesOf(key, flag).map(name => `\`${name}\``);
    const value = placeholderOf(flag) && ` \`${placeholderOf(flag)}\``;
    return `| ${names.join(', ')}${value} | ${flag.help.replaceAll('|', '\\|')} |`;
  });
  return ['| flag | what it does |', '| --- | --- |', ...rows].join('\n');
}

function manual(): string {
  return `${[
    '.\\" Written by npm run docs from the same source as --help.',
    '.TH KUBECTL-PSP 1',
    '.SH NAME',
    `kubectl-psp \\- ${roff(rootCommand.summary)}`,
    '.SH SYNOPSIS',
    ...all.flatMap((command, index) => [...(index > 0 ? ['.br'] : []), roff(usageOf(command))]),
    '.SH DESCRIPTION',
    ...paragraphs(rootCommand.description).flatMap(text => ['.PP', roff(text)]),
    ...manualParts(rootCommand),
    ...commands.flatMap(command => [
      `.SH ${roff(command.name.toUpperCase())}`,
      ...[`${command.summary}.`, ...paragraphs(command.description)].flatMap(text => [
        '.PP',
        roff(text),
      ]),
      ...manualParts(command),
    ]),
    '.SH REACHING A CLUSTER',
    ...manualFlags(shown(connectionFlags)),
    '.SH EXIT STATUS',
    ...exitCodes().flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH SEE ALSO',
    '.BR kubectl (1)',
  ].join('\n')}\n`;
}

function manualParts(command: Command): readonly string[] {
  const own = ownFlags(command);
  return [
    ...(own.length > 0 ? ['.SS Flags', ...manualFlags(own)] : []),
    ...(reachesClusters(command) ? ['.PP', 'And the flags for reaching a cluster, below.'] : []),
    '.SS Examples',
    ...command.examples.flatMap(({says, types}) => [
      '.PP',
      `${roff(says)}:`,
      '.PP',
      '.nf',
      '.RS',
      roff(types),
      '.RE',
      '.fi',
    ]),
  ];
}

function manualFlags(flags: readonly (readonly [string, Flag])[]): readonly string[] {
  return flags.flatMap(([key, flag]) => {
    const names = namesOf(key, flag).map(name => `\\fB${roff(name)}\\fR`);
    const value = placeholderOf(flag) && ` \\fI${roff(placeholderOf(flag))}\\fR`;
    return ['.TP', `${names.join(', ')}${value}`, roff(flag.help)];
  });
}

/** Text in which nothing is taken for an instruction of roff. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq');
  return escaped.replace(/^[.]/, '\\&.');
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..');
  for (const [path, text] of Object.entries(referencePages())) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), text);
  }
}
