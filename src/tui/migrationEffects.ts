import {type LabelChange, labelStep} from '../migrate/labelChanges.ts';
import {labelImpact} from '../migrate/labelImpact.ts';
import {labelsFor, type NamespaceLabels} from '../migrate/labels.ts';
import type {PodSecurityMode} from '../podSecurity/labels.ts';
import {shellLine} from '../report/migrate.ts';
import {labelChangeLines, labelImpactLines, labelProblemLines} from '../report/migrateLabels.ts';
import {migrationOf} from './migrationRows.ts';
import type {ProposalEffects} from './proposalEffects.ts';
import type {Surroundings, Voice} from './voice.ts';

/** A stage of the labels of a namespace: set, with those before it, or taken back. */
export interface StageStep {
  readonly stage: PodSecurityMode;
  readonly isBack: boolean;
}

/** What the session does about the way off PodSecurityPolicy. */
export interface MigrationEffects {
  /** The same step that `migrate labels --apply` takes in one namespace. */
  proposeStage(namespace: string, step: StageStep): void;
}

/** The side effects of the way off. */
export function migrationEffects(
  {model, services, dispatch}: Surroundings,
  voice: Voice,
  {propose}: ProposalEffects,
): MigrationEffects {
  return {
    proposeStage(namespace, {stage, isBack}) {
      const {inventory, still} = model();
      const {to} = migrationOf({still}).step;
      const [labels] = labelsFor(inventory, {level: 'auto', stage, to, namespace});
      if (labels === undefined) return;
      const step = labelStep(labels, {stage, isBack, isNamed: false});
      const title = isBack ? `Back from ${stage}: ${namespace}` : `Stage ${stage}: ${namespace}`;
      const show = (lines: readonly string[]) =>
        dispatch({type: 'open', view: {name: 'text', title, lines}});
      const problems = isBack ? [] : problemLines(labels);
      if (step.kind === 'same') {
        voice.say('info', `${namespace} has these labels already: nothing to change`);
      } else if (step.kind === 'held') {
        if (problems.length > 0) show([`Not yet: ${step.reason}`, '', ...problems]);
        voice.say('bad', `${namespace}: not yet, ${step.reason}`);
      } else if (services.readOnly !== undefined) {
        const after = {...labels.labels, ...step.change.set};
        const impact = labelImpact(inventory, namespace, {before: labels.labels ?? {}, after});
        show([
          `$ ${commandOf(step.change, {stage, isBack})}`,
          ...labelChangeLines(step.change),
          '',
          ...labelImpactLines(impact),
          ...problems,
        ]);
        voice.say('info', `${services.readOnly}: only shown`);
      } else {
        propose({
          title,
          question: isBack
            ? `Take ${stage} of ${namespace} back?`
            : `Set ${stage} in ${namespace}?`,
          name: namespace,
          wanted: {kind: 'labels', change: step.change},
          details: [
            ...problems,
            ...(problems.length > 0 ? [''] : []),
            ...labelChangeLines(step.change),
          ],
        });
      }
    },
  };
}

function commandOf({namespace}: LabelChange, {stage, isBack}: StageStep): string {
  const back = isBack ? ['--back'] : [];
  const words = ['kubectl', 'psp', 'migrate', 'labels', '-n', namespace, '--stage', stage, ...back];
  return shellLine([...words, '--apply']);
}

/** What the level of the labels has against workloads there. */
function problemLines(labels: NamespaceLabels): readonly string[] {
  const lines = labelProblemLines(labels);
  return lines.length === 0 ? [] : [`What ${labels.level} does not let in as it is:`, ...lines];
}
