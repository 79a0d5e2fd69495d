import {Box} from 'ink';
import {controlById} from '../../controls/index.ts';
import {fieldErrorText} from '../../kube/fieldError.ts';
import type {Policy} from '../../kube/objects.ts';
import type {Release} from '../../kube/release.ts';
import {List} from '../List.tsx';
import {pickingOf, type ValuesView} from '../picker.ts';
import {TextLine} from '../StyledLine.tsx';
import type {Frame} from '../session.ts';
import type {Shown} from '../state.ts';

interface Props {
  readonly view: ValuesView;
  readonly now: Policy;
  readonly release: Release;
  readonly shown: Shown;
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
}

/** Lines above the entries, and below them for what is wrong. */
const headLines = 3;
const mostProblems = 2;

/** The exact values of one control: its parts, each a list of entries to mark. */
export function Values({view, now, release, shown, frame, width, height}: Props) {
  const control = controlById[view.control];
  const {opened, pending} = pickingOf(view, now);
  const [before, after] = [opened, pending].map(policy => control.describeForPeople(policy));
  const problems = problemsOf(view, pending, release);
  const isTall = height > headLines + mostProblems + 2;
  const head = [
    `${control.title}: ${after}`,
    before === after ? 'As it was; nothing is changed before Enter' : `Before: ${before}`,
    control.allows,
  ].slice(0, isTall ? headLines : 1);
  const listHeight = Math.max(1, height - head.length - (isTall ? mostProblems : 0));
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {head.map((line, index) => (
        <TextLine
          key={line}
          text={line}
          width={width}
          {...(index === 0 ? {bold: true} : {tone: 'dim'})}
        />
      ))}
      {shown.table === undefined ? null : (
        <List
          table={shown.table}
          rows={shown.rows}
          cursor={shown.cursor}
          width={width}
          sort={frame.sort}
          descending={frame.descending}
          height={listHeight}
        />
      )}
      {problems.slice(0, isTall ? mostProblems : 0).map(text => (
        <TextLine key={text} text={`! ${text}`} tone="bad" width={width} />
      ))}
    </Box>
  );
}

/** What is wrong with the value as it would be accepted. */
function problemsOf(view: ValuesView, pending: Policy, release: Release): readonly string[] {
  const control = controlById[view.control];
  const unusable = control.unusable(pending);
  return [
    ...(unusable === undefined ? [] : [`admission would ignore the policy: ${unusable}`]),
    ...control.validate(pending, release).map(fieldErrorText),
  ];
}
