import {writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {findProgram} from '../../test/support/run/executables.ts';
import {noPackagedNote, withPackaged} from './packaged.ts';
import {type Command, missingBuild, ourProgram, timeByTurns, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const title = 'Start-up: medians of 15 runs by turns';
const runs = 15;

const manifest = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'shop'},
  spec: {template: {spec: {containers: [{name: 'web', image: 'nginx'}]}}},
});

/** How long it takes until the program can do anything, beside kubectl and bare Node. */
export function startSection(): Section {
  const missing = missingBuild();
  if (missing !== undefined) return skipped('start', title, missing);
  return withPackaged(measure);
}

function measure(packaged: string | undefined): Section {
  const kubectl = findProgram('kubectl');
  const commands: readonly Command[] = [
    {name: 'version', program: ourProgram, args: ['version']},
    {name: 'node -e 0', program: process.execPath, args: ['-e', '0']},
    ...(packaged === undefined ? [] : packagedCommands(packaged)),
    ...(kubectl === undefined
      ? []
      : [{name: 'kubectl version', program: kubectl, args: ['version', '--client']}]),
  ];
  const measured = timeByTurns(commands, runs);
  const named = (name: string) => measured[commands.findIndex(command => command.name === name)];
  const [ours, bare, theirs] = ['version', 'node -e 0', 'kubectl version'].map(named);
  const [version, advise] = ['version, packaged', 'advise -f, packaged'].map(named);
  if (ours === undefined) throw new Error('nothing was measured');
  return {
    id: 'start',
    title,
    notes: [
      ...(kubectl === undefined ? ['kubectl not found: compared with bare Node alone'] : []),
      ...(packaged === undefined ? [noPackagedNote] : []),
    ],
    rows: [
      usageRow(ours, bare, {ratio: 1.15}),
      usageRow(ours, theirs),
      ...(version === undefined
        ? []
        : [usageRow(version, bare, {ratio: 1.15}), usageRow(version, theirs, {ratio: 0.8})]),
      ...(advise === undefined ? [] : [usageRow(advise, theirs, {ratio: 1.2})]),
    ],
    figures: {ours, kubectl: theirs, node: bare, packaged: {version, advise}},
  };
}

function packagedCommands(program: string): readonly Command[] {
  const file = join(dirname(program), 'deployment.json');
  writeFileSync(file, manifest);
  return [
    {name: 'version, packaged', program, args: ['version']},
    {name: 'advise -f, packaged', program, args: ['advise', '-f', file]},
  ];
}
