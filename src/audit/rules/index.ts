import type {AuditRule} from '../rule.ts';
import {allPolicies, passedOverByWildcard} from './allPolicies.ts';
import {contradictedAnnotation, stalePolicyAnnotation, templateAnnotation} from './annotations.ts';
import {noPolicy, notAnswered} from './answers.ts';
import {missingPolicy, missingRole, noSubjects, wildcardName} from './danglingGrants.ts';
import {deniedIdle, deniedNow, deniedOnRestart} from './denied.ts';
import {policyDrift} from './drift.ts';
import {equalPolicies} from './equalPolicies.ts';
import {escalationBesideAdmin, escalationContradiction} from './escalation.ts';
import {farAboveNeed} from './farAboveNeed.ts';
import {writableHostPath} from './hostPaths.ts';
import {hostPathVolume} from './hostPathVolumes.ts';
import {deniedByLevel, mayRelabel, refusedByServer} from './levelDenies.ts';
import {exemptFromLevels, levelAboveNeed, levelNotPinned, noLevel, wrongLevel} from './levels.ts';
import {
  changedByHand,
  defaultsUnbound,
  mayChangeAdmission,
  nearLimit,
  notEverywhere,
  outOfDate,
  untriedGrant,
} from './nativeObjects.ts';
import {nearMissGrant} from './nearMiss.ts';
import {openToMany, openToWorkloads} from './openToWorkloads.ts';
import {changedByOrder, defaultsBypassed} from './order.ts';
import {overBroadPolicy} from './overBroad.ts';
import {podMaker} from './podMaker.ts';
import {orphanPolicy, shadowedPolicy, unusedPolicy} from './policyUse.ts';
import {requesterOnly} from './requesterOnly.ts';
import {selfGrant} from './selfGrant.ts';
import {ignoredPolicy, refusedPolicy} from './unusable.ts';

/** The rules where policies decide, in the order of docs/RULES.md: by what they are about. */
// biome-ignore format: a family a line
export const policyRules: readonly AuditRule[] = [
  deniedOnRestart, deniedNow, deniedIdle, policyDrift, requesterOnly,
  farAboveNeed, passedOverByWildcard,
  defaultsBypassed, changedByOrder,
  stalePolicyAnnotation, contradictedAnnotation, templateAnnotation,
  writableHostPath, hostPathVolume,
  escalationBesideAdmin, escalationContradiction, overBroadPolicy,
  refusedPolicy, ignoredPolicy, orphanPolicy, unusedPolicy, shadowedPolicy, equalPolicies,
  openToWorkloads, openToMany, allPolicies, podMaker, selfGrant, wildcardName, missingPolicy,
  nearMissGrant, missingRole, noSubjects,
  noPolicy, notAnswered,
];

/** Those about the objects that policies live in, where they do. */
export const admissionRules: readonly AuditRule[] = [
  ...[changedByHand, outOfDate, notEverywhere, defaultsUnbound, untriedGrant, nearLimit],
  mayChangeAdmission,
];

/** Those where the labels of namespaces decide. */
const levelRules = [
  ...[deniedByLevel, refusedByServer, noLevel, wrongLevel, levelAboveNeed, levelNotPinned],
  ...[exemptFromLevels, mayRelabel],
];

/** The same, and what could not be looked at. */
export const labelRules: readonly AuditRule[] = [...levelRules, notAnswered];

/** All of them: a rule is registered here, in one of the three. */
export const rules: readonly AuditRule[] = [...policyRules, ...admissionRules, ...levelRules];
