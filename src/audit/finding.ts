import type {Verdict} from '../admission/judgement.ts';
import type {CheckFinding} from '../check/answerCheck.ts';
import type {Control} from '../controls/control.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {UseRight} from '../rbac/whoCan.ts';

/** From severe to mere notice. */
export const severities = ['high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** An object that a finding is about. */
export interface FindingObject {
  readonly kind: string;
  /** undefined for objects of the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** One thing that an audit found. */
export interface Finding {
  /** The id of its rule: `denied-on-restart`. */
  readonly rule: string;
  /** The same for the same finding on the same object in every run: rule and object. */
  readonly id: string;
  readonly severity: Severity;
  readonly object: FindingObject;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What shows it: bindings, field errors, pods; one a line. */
  readonly evidence: readonly string[];
  /** The controls of PodSecurityPolicy that it rests on; none where it is about rights or objects alone. */
  readonly controls: readonly Control[];
  /** The exact command, or what to do where no command does it. */
  readonly remedy: string;
}

/** A finding that an ignore file silences, and the reason given there. */
export interface IgnoredFinding {
  readonly finding: Finding;
  readonly reason: string;
  /** The last day on which it is ignored, as YYYY-MM-DD; undefined for ever. */
  readonly until: string | undefined;
}

/** The answer of an audit, with what it was found in. */
export interface Audit {
  readonly inventory: Inventory;
  /** The namespace that it is about; undefined for the whole cluster. */
  readonly namespace: string | undefined;
  /** Whether policies are asked there; undefined where the labels of namespaces decide. */
  readonly admission: CheckFinding | undefined;
  readonly verdicts: readonly Verdict[];
  /** Who may use which policy. */
  readonly rights: readonly UseRight[];
  /** By severity, then rule, then object. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
}
