/**
 * How fast the program is. `npm run bench` prints a table and then one line of JSON with all figures;
 * `npm run --silent bench -- --input DUMP` times the engine alone on a file that `psp-bench -dump` wrote
 * (test/reference/README.md) and prints one line of JSON.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {messageOf} from '../../src/errors.ts';
import {parseJson} from '../../src/kube/json.ts';
import {engineFigures} from './engine.ts';
import {engineSection} from './engineSection.ts';
import {liveSection} from './liveSection.ts';
import {type Section, tableOf} from './section.ts';
import {sessionSection} from './sessionSection.ts';
import {snapshotSection} from './snapshotSection.ts';
import {startSection} from './startSection.ts';
import {whoCanSection} from './whoCanSection.ts';
import {workOf} from './work.ts';

const usage = `usage: npm run --silent bench -- [--input FILE | --json FILE]
  --input FILE  time the engine on what psp-bench -dump wrote, and print JSON
  --json FILE   write the figures there as well
`;

try {
  const {values} = parseArgs({
    options: {
      input: {type: 'string'},
      json: {type: 'string'},
      help: {type: 'boolean', short: 'h'},
    },
  });
  if (values.help) process.stdout.write(usage);
  else if (values.input === undefined) await runSections(values.json);
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

async function runSections(jsonFile: string | undefined): Promise<void> {
  const sections: Section[] = [];
  for (const measure of [
    startSection,
    whoCanSection,
    liveSection,
    snapshotSection,
    sessionSection,
    engineSection,
  ]) {
    const section = await measure();
    process.stdout.write(`${tableOf([section])}\n`);
    sections.push(section);
  }
  const figures = Object.fromEntries(sections.map(({id, figures}) => [id, figures]));
  const json = `${JSON.stringify({node: process.version, ...figures})}\n`;
  process.stdout.write(json);
  if (jsonFile !== undefined) writeFileSync(jsonFile, json);
}
