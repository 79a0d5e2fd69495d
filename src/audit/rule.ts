import type {Control} from '../controls/control.ts';
import type {AuditContext} from './context.ts';
import type {FindingObject, Severity} from './finding.ts';

/** What a rule says of one object. A rule says no more than one thing of an object. */
export interface RuleFinding {
  readonly object: FindingObject;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What shows it, one fact a line. */
  readonly evidence: readonly string[];
  /** The controls that it rests on, if it does on any. */
  readonly controls?: readonly Control[];
  /** The exact command, or what to do where no command does it. */
  readonly remedy: string;
  /** Where it is less severe than the rule can be. */
  readonly severity?: Severity;
}

/** What a rule has to know. What of it could not be read, it can't answer about. */
export type RuleNeed = 'rbac' | 'workloads' | 'pods' | 'labels' | 'volumes';

/** One thing that an audit looks for; also its documentation (docs/RULES.md). */
export interface AuditRule {
  /** Part of the ids of findings and of ignore files: it never changes. */
  readonly id: string;
  /** The highest severity of its findings. */
  readonly severity: Severity;
  /** When they are less severe, as a sentence; absent if never. */
  readonly milder?: string;
  /** What it finds, in a few words. */
  readonly title: string;
  /** Why that matters, in one or a few sentences. */
  readonly why: string;
  /** What to do about it in general; each finding has the command. */
  readonly remedy: string;
  readonly needs: readonly RuleNeed[];
  /**
   * `cluster`: one unread namespace makes every answer of the rule uncertain, as for "unused".
   * `namespace`: it only voids what is said of that namespace.
   */
  readonly breadth: 'cluster' | 'namespace';
  /** Whether its messages say what admission does, which is nothing where its plugin is off. */
  readonly isAboutAdmission?: boolean;
  find(context: AuditContext): readonly RuleFinding[];
}

/** A rule, checked by the compiler and otherwise as it is. */
export function defineRule(rule: AuditRule): AuditRule {
  return rule;
}
