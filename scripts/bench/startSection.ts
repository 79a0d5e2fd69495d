import {type Command, findProgram, missingBuild, ourProgram, timeByTurns, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const title = 'Start-up: medians of 15 runs by turns';
const runs = 15;

/** How long it takes until the program can do anything, beside kubectl and bare Node. */
export function startSection(): Section {
  const missing = missingBuild();
  if (missing !== undefined) return skipped('start', title, missing);
  const kubectl = findProgram('kubectl');
  const node: Command = {name: 'node -e 0', program: process.execPath, args: ['-e', '0']};
  const [ours, bare, theirs] = timeByTurns(
    [
      {name: 'version', program: ourProgram, args: ['version']},
      node,
      ...(kubectl === undefined
        ? []
        : [{name: 'kubectl version', program: kubectl, args: ['version', '--client']}]),
    ],
    runs,
  );
  if (ours === undefined) throw new Error('nothing was measured');
  return {
    id: 'start',
    title,
    notes: kubectl === undefined ? ['kubectl not found: compared with bare Node alone'] : [],
    rows: [usageRow(ours, theirs, {ratio: 0.8}), usageRow(ours, bare)],
    figures: {ours, kubectl: theirs, node: bare},
  };
}
