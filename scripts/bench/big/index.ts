import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {join} from 'node:path';
import {findProgram} from '../../../test/support/run/executables.ts';
import {startApiServer} from '../../../test/support/server/apiServer.ts';
import {bareSection} from '../bareSection.ts';
import {clusterOf} from '../cluster.ts';
import {missingServer} from '../liveSection.ts';
import {figure, type Section, tableOf} from '../section.ts';
import {startSection} from '../startSection.ts';
import {whoCanSection} from '../whoCanSection.ts';
import {commandsSection} from './commands.ts';
import {loadByCopies} from './copies.ts';
import {findingsText} from './findings.ts';
import {sessionUnderLoad} from './session.ts';

const surroundings = {policies: 200, accountRoles: true};
const page = join(import.meta.dirname, '../../../docs/BENCHMARKS.md');

export interface BigOptions {
  /** How many pods: each size is measured on a server of its own. */
  readonly sizes: readonly number[];
  readonly runs: number;
  /** How long the session is watched at the biggest size. */
  readonly minutes: number;
  /** Whether it is all that is measured, at each size. */
  readonly isSession: boolean;
}

/** Measures on real API servers with big clusters, and writes docs/BENCHMARKS.md; gives the figures. */
export async function runBig({
  sizes,
  runs,
  minutes,
  isSession,
}: BigOptions): Promise<readonly Section[]> {
  const missing = missingServer();
  if (missing !== undefined) throw new Error(missing);
  const sections: Section[] = [];
  const tell = (section: Section) => {
    process.stdout.write(`${tableOf([section])}\n`);
    sections.push(section);
  };
  tell(startSection());
  tell(await whoCanSection());
  tell(await bareSection(2 * runs));
  for (const [index, size] of sizes.entries()) {
    const server = await startApiServer();
    try {
      await loadByCopies(server, size, surroundingsAt(size));
      if (!isSession) tell(commandsSection(server, size, runs));
      const isLast = index === sizes.length - 1;
      if (minutes > 0 && (isLast || isSession)) tell(await sessionUnderLoad(server, size, minutes));
    } finally {
      await server.stop();
    }
  }
  if (isSession) putIntoPage(sections);
  else writeFileSync(page, pageOf(sections, sizes));
  return sections;
}

/** Writes docs/BENCHMARKS.md again with these sections; the rest of it stays. */
export function putIntoPage(sections: readonly Section[]): void {
  writeFileSync(page, withSections(readFileSync(page, 'utf8'), sections.map(blockOf)));
}

/** The page as Markdown: the machine, and a table for each section. */
function pageOf(sections: readonly Section[], sizes: readonly number[]): string {
  const tables = sections.map(section => blockOf(section).text);
  return `# Benchmarks

Written by \`npm run bench -- --live\`; don't edit. Each table of live answers has a kube-apiserver ${serverVersion} and an etcd of
its own on the same machine as the programs, so both share its processors. What is beside each other ran by
turns, each round in another order: what a program leaves behind on the server, as garbage to collect, is not
always paid for by the same one. Ratios tell more than seconds. Pods have no status, ${surroundings.policies} policies, and a role and a
binding for each account and namespace (${figure(rightsAt(sizes.at(-1) ?? 0))} of both at the biggest size). Peers are measured where they are
on PATH.

${machine().join('\n')}

${tables.join('\n')}
${findingsText()}`;
}

interface Block {
  /** Its heading up to the first comma: the rest may be worded anew. */
  readonly start: string;
  readonly text: string;
}

function blockOf({title, notes, rows}: Section): Block {
  const lines = [
    `## ${title}`,
    '',
    '| | kubectl psp | beside | ratio | goal | peak RSS |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      ({what, ours, peer = '-', ratio = '-', goal, peak = '-'}) =>
        `| ${[what, ours, peer, ratio, goal, peak].join(' | ')} |`,
    ),
    ...notes.flatMap(note => ['', note]),
    '',
  ];
  return {start: `## ${title.split(/, (?!\d)/)[0]}`, text: lines.join('\n')};
}

/** The page with these blocks in place of those that begin so, and new ones before what is told last. */
function withSections(text: string, blocks: readonly Block[]): string {
  const [told = '', ...others] = text.split(/^(?=## )/m);
  const kept = others.filter(other => !other.startsWith('## What profiles'));
  for (const {start, text} of blocks) {
    const at = kept.findIndex(other => other.startsWith(start));
    kept.splice(at < 0 ? kept.length : at, at < 0 ? 0 : 1, `${text}\n`);
  }
  return `${told}${kept.join('')}${findingsText()}`;
}

/** As many policies as a cluster of that size may have. */
function surroundingsAt(pods: number) {
  return pods < 100_000 ? surroundings : {...surroundings, policies: 499};
}

const serverVersion = 'v1.24.17';

function rightsAt(pods: number): number {
  return clusterOf(pods, surroundings).rbac.length;
}

function machine(): readonly string[] {
  const [cpu] = cpus();
  const kubectl = findProgram('kubectl');
  const {stdout = ''} =
    kubectl === undefined
      ? {}
      : spawnSync(kubectl, ['version', '--client', '-o', 'json'], {encoding: 'utf8'});
  const [, kubectlVersion = 'none'] = /"gitVersion": "([^"]+)"/.exec(stdout) ?? [];
  return [
    `- processor: ${cpus().length} cores, ${cpu?.model ?? 'unknown'}`,
    `- memory: ${figure(totalmem() / 2 ** 30)} GiB`,
    `- Node ${process.version}, kubectl ${kubectlVersion}, ${process.platform} ${process.arch}`,
  ];
}
