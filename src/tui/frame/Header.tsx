import {memo, useContext} from 'react';
import type {Freshness} from '../../inventory/follow/followCluster.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {isByLabels} from '../../inventory/regime.ts';
import {unreadPlaces} from '../../inventory/unreadPlaces.ts';
import {lastRelease, minorOf, releaseName} from '../../kube/release.ts';
import {atLeast} from '../../text.ts';
import {barSpans, stateParts, stateTones} from '../bars.ts';
import {freshnessText, ThemeContext} from '../marks.ts';
import {type Model, modelOf} from '../model.ts';
import type {Piece} from '../paint.ts';
import {StyledLine} from '../StyledLine.tsx';
import {notableStates, restartWords, tallyOf} from '../tally.ts';
import {fitTo, fitWords, safeWidthOf, widthOf} from '../text.ts';
import {fitCrumbs} from './crumbs.ts';

interface HeaderProps {
  readonly inventory: Inventory;
  readonly freshness: Freshness;
  readonly user: string;
  readonly width: number;
}

const admissionTexts = {
  yes: '',
  no: ', admission probably off',
  unknown: ', admission unknown',
} as const;

/** Where the facts come from and how current they are. */
export const Header = memo(function Header({inventory, freshness, user, width}: HeaderProps) {
  const {source, policyApi, admissionPolicies} = inventory;
  const byLabels = isByLabels(inventory);
  const gone = admissionPolicies === undefined ? 'gone' : 'in admission policies';
  const psp = policyApi === 'absent' ? gone : policyApi === 'unknown' ? '?' : 'served';
  const name = 'kubectl psp';
  const state = freshnessText(freshness);
  const right = fitTo(state, Math.min(state.length, Math.max(0, width - name.length - 2)));
  const isKnown = freshness.state === 'loading' || policyApi === 'absent';
  const judged = byLabels ? 'Pod Security' : `PSP ${psp}`;
  const admission = isKnown ? '' : admissionTexts[modelOf(inventory).admission];
  const facts = [versionText(inventory, freshness), `${judged}${admission}`, user].join('  ');
  const room = Math.max(0, width - name.length - right.length - 1);
  const place = fitWords(`  ${source}`, Math.min(room, safeWidthOf(source) + 2));
  const isBad = freshness.state === 'stale';
  return (
    <StyledLine
      spans={[
        {text: fitTo(name, Math.min(name.length, width)), bold: true, tone: 'moved'},
        {text: place},
        {text: `${fitWords(`  ${facts}`, Math.max(0, room - place.length))} `, tone: 'dim'},
        {text: right, ...(isBad ? {bold: true, tone: 'bad'} : {tone: 'dim'})},
      ]}
      width={width}
      on="band"
    />
  );
});

/** The server's version, and the release by whose rules it is judged where that is not its own. */
function versionText(inventory: Inventory, {state}: Freshness): string {
  const {serverVersion, release} = inventory;
  const minor = minorOf(serverVersion);
  const rules = `judged as ${releaseName(release)}`;
  if (minor === undefined) return state === 'loading' || isByLabels(inventory) ? '' : rules;
  const isItsOwn = minor === release || (minor > lastRelease && release === lastRelease);
  return isItsOwn ? `${serverVersion}` : `${serverVersion}, ${rules}`;
}

interface StateLineProps {
  readonly model: Model;
  readonly isLoading: boolean;
  readonly width: number;
}

/** A bar of fewer columns says nothing. */
const leastBar = 8;

/** The state of the whole, as the page of an audit says it: in words, and with a bar where there is room. */
export const StateLine = memo(function StateLine({model, isLoading, width}: StateLineProps) {
  const theme = useContext(ThemeContext);
  const spans = stateSpans(model, isLoading);
  const used = spans.reduce((sum, {text}) => sum + text.length, 0);
  const room = width - used - 2;
  const bar = room < leastBar ? [] : barSpans(stateParts(tallyOf(model).states), room, theme);
  return (
    <StyledLine spans={bar.length === 0 ? spans : [...spans, {text: '  '}, ...bar]} width={width} />
  );
});

/** In words: what there is, and what a restart would do; a number with a plus is of what was read. */
function stateSpans(model: Model, isLoading: boolean): readonly Piece[] {
  const {pods, idle, states} = tallyOf(model);
  const isPartial = unreadPlaces(model.inventory) !== undefined;
  const number = (of: number) => atLeast(of, isPartial);
  const what = [
    `${number(pods)} ${pods === 1 && !isPartial ? 'pod' : 'pods'}`,
    ...(idle === 0 ? [] : [`${number(idle)} idle`]),
  ].join(', ');
  if (pods + idle === 0) return [{text: what, bold: true}];
  const so = isLoading ? ' so far' : isInVain(model) ? ', if admission were on' : '';
  const notable = notableStates(states);
  const calm = isPartial ? 'as they are, as far as was read' : 'all as they are';
  return [
    {text: `${what}${so}: `, bold: true},
    ...(notable.length === 0 ? [{text: calm, tone: isPartial ? 'plain' : 'good'} as const] : []),
    ...notable.flatMap((state, index): readonly Piece[] => [
      {text: index === 0 ? '' : ', ', tone: 'dim'},
      {text: `${number(states[state])} ${restartWords[state]}`, tone: stateTones[state]},
    ]),
  ];
}

/** Whether policies are judged by that have no say. */
function isInVain({inventory, admission}: Model): boolean {
  return !isByLabels(inventory) && admission === 'no';
}

interface CrumbsProps {
  readonly crumbs: readonly string[];
  readonly hasRule: boolean;
  readonly width: number;
}

/** The way here, its end in sight, and the rule that parts it from what is shown. */
export function Crumbs({crumbs, hasRule, width}: CrumbsProps) {
  const {before, name} = fitCrumbs(crumbs, width);
  const left = width - widthOf(before) - widthOf(name) - 1;
  return (
    <StyledLine
      spans={[
        {text: before, tone: 'dim'},
        {text: name, bold: true},
        ...(hasRule && left > 0 ? [{text: ' '}, {...quiet, text: '─'.repeat(left)}] : []),
      ]}
      width={width}
    />
  );
}

/** How a rule looks. */
const quiet = {tone: 'dim', isArea: true} as const;

/** A line that parts two regions. */
export function Divider({width}: {readonly width: number}) {
  return <StyledLine spans={[{...quiet, text: '─'.repeat(width)}]} width={width} />;
}
