import type {Severity} from '../../../src/audit/finding.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {grant, psp} from '../../support/builders/audits.ts';

/** Examples of one rule. */
export interface RuleCase {
  /** Objects in which the rule finds one thing, and what. */
  readonly yes: readonly JsonObject[];
  readonly finds: readonly [object: string, severity: Severity, message: string, remedy: string];
  /** A word or more of its evidence. */
  readonly shows?: string;
  /** Much the same objects, in which it finds nothing. */
  readonly no: readonly JsonObject[];
  /** What else the cluster is. */
  readonly cluster?: Partial<Inventory>;
  /** What is different of it where nothing is found. */
  readonly calm?: Partial<Inventory>;
}

/** By the id of the rule. */
export type RuleCases = Readonly<Record<string, RuleCase>>;

/** Of a container that only a policy like `open` lets in. */
export const privileged = {privileged: true};
/** Lets privileged containers in. */
export const open = psp('open', privileged);
/** Lets nothing in that is special. */
export const strict = psp('strict');
/** The strict policy, and the right of the account `web` to use it. */
export const web = [strict, ...grant('strict', 'sa:web')];
/** A rule of RBAC that is not about policies. */
export const secrets = {resources: ['secrets'], apiGroups: [''], verbs: ['get']};
/** A policy for these paths of the node. */
export const hostPaths = (...allowedHostPaths: readonly JsonObject[]) =>
  psp('paths', {volumes: ['hostPath'], allowedHostPaths});
