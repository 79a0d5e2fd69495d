/**
 * How fast the program is. `npm run bench` prints a table and then one line of JSON with all figures;
 * `npm run --silent bench -- --input DUMP` times the engine alone on a file that `psp-bench -dump` wrote
 * (test/kubernetes/README.md) and prints one line of JSON.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {messageOf} from '../../src/errors.ts';
import {parseJson} from '../../src/kube/json.ts';
import {auditSection} from './auditSection.ts';
import {putIntoPage, runBig} from './big/index.ts';
import {engineFigures} from './engine.ts';
import {engineSection} from './engineSection.ts';
import {liveSection} from './liveSection.ts';
import {nativeSection} from './nativeSection.ts';
import {scaleSection} from './scaleSection.ts';
import {type Section, tableOf} from './section.ts';
import {sessionSection} from './sessionSection.ts';
import {snapshotSection} from './snapshotSection.ts';
import {startSection} from './startSection.ts';
import {whoCanSection} from './whoCanSection.ts';
import {workOf} from './work.ts';

const usage = `usage: npm run --silent bench -- [--input FILE | --live [--sizes N,...] [--session] | --native] [--json FILE]
  --input FILE   time the engine on what psp-bench -dump wrote, and print JSON
  --live         measure on API servers with big clusters, and write docs/BENCHMARKS.md
  --sizes N,...  how many pods (default 1000,5000,20000)
  --runs N       how often each command runs (default 5)
  --minutes N    how long the session is watched at the last size (default 4; 0 leaves it out)
  --session      measure the session alone, at each size; the rest of the page stays
  --native       measure what policies cost on API servers of v1.24 and v1.37; the rest of the page stays
  --json FILE    write the figures there as well
`;

try {
  const {values} = parseArgs({
    options: {
      input: {type: 'string'},
      json: {type: 'string'},
      live: {type: 'boolean'},
      sizes: {type: 'string', default: '1000,5000,20000'},
      runs: {type: 'string', default: '5'},
      minutes: {type: 'string', default: '4'},
      session: {type: 'boolean', default: false},
      native: {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h'},
    },
  });
  if (values.help) process.stdout.write(usage);
  else if (values.native) {
    const section = await nativeSection();
    process.stdout.write(`${tableOf([section])}\n`);
    if (section.rows.length > 0) putIntoPage([section]);
    tellFigures([section], values.json);
  } else if (values.live) {
    const sizes = values.sizes.split(',').map(size => count('--sizes', size));
    const [runs, minutes] = [count('--runs', values.runs), Number(values.minutes)];
    const isSession = values.session;
    tellFigures(await runBig({sizes, runs, minutes, isSession}), values.json);
  } else if (values.input === undefined) tellFigures(await runSections(), values.json);
  else process.stdout.write(`${timeInput(values.input)}\n`);
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

function timeInput(file: string): string {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.stringify(engineFigures(workOf(parseJson(text))));
  } catch (error) {
    throw new Error(`${file}: ${messageOf(error)}`, {cause: error});
  }
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag}: ${text} is not a number`);
  return value;
}

async function runSections(): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const measure of [
    startSection,
    whoCanSection,
    liveSection,
    snapshotSection,
    auditSection,
    scaleSection,
    sessionSection,
    engineSection,
  ]) {
    const section = await measure();
    process.stdout.write(`${tableOf([section])}\n`);
    sections.push(section);
  }
  return sections;
}

function tellFigures(sections: readonly Section[], jsonFile: string | undefined): void {
  const figures = Object.fromEntries(sections.map(({id, figures}) => [id, figures]));
  const json = `${JSON.stringify({node: process.version, ...figures})}\n`;
  process.stdout.write(json);
  if (jsonFile !== undefined) writeFileSync(jsonFile, json);
}
