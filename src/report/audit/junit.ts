import {
  type Audit,
  type Finding,
  type IgnoredFinding,
  type Severity,
  severities,
} from '../../audit/finding.ts';
import type {AuditRule} from '../../audit/rule.ts';
import {rules} from '../../audit/rules/index.ts';
import {objectText} from '../../audit/words.ts';
import {controlNames} from '../../policy/danger.ts';
import {escapeText} from '../escape.ts';

/** Without a choice, mere notices don't fail. */
const defaultThreshold: Severity = 'low';

/**
 * The audit as JUnit's XML: a suite for each rule, a test case for each finding, one that passes where a
 * rule found nothing. Findings that are less severe than `failOn` pass and are told as output; ignored
 * ones are skipped, and so is a rule that could not be answered.
 */
export function auditJunit(audit: Audit, failOn: Severity = defaultThreshold): string {
  const byRule = Map.groupBy(audit.findings, ({rule}) => rule);
  const ignoredByRule = Map.groupBy(audit.ignored, ({finding}) => finding.rule);
  const unanswered = new Map(
    (byRule.get('not-answered') ?? []).map(finding => [finding.object.name, finding]),
  );
  const suites = rules.map(rule => {
    const cases = [
      ...(byRule.get(rule.id) ?? []).map(finding => caseOf(finding, failOn)),
      ...(ignoredByRule.get(rule.id) ?? []).map(skippedCase),
      ...(unanswered.has(rule.id) ? [unansweredCase(rule, unanswered.get(rule.id))] : []),
    ];
    return suiteOf(
      rule,
      cases.length > 0 ? cases : [element('testcase', caseNames(rule.id, rule.title))],
    );
  });
  const all = suites.map(({totals}) => totals);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      'testsuites',
      {name: 'kubectl psp audit', ...sum(all)},
      suites.map(({text}) => text),
    ),
    '',
  ].join('\n');
}

interface Totals {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

function suiteOf({id}: AuditRule, cases: readonly string[]): {text: string; totals: Totals} {
  const having = (part: string) => cases.filter(text => text.includes(part)).length;
  const totals = {
    tests: cases.length,
    failures: having('\n<failure '),
    skipped: having('\n<skipped '),
  };
  return {text: element('testsuite', {name: id, ...totals, errors: 0}, cases), totals};
}

function sum(all: readonly Totals[]): Totals & {readonly errors: number} {
  const total = (key: keyof Totals) => all.reduce((before, totals) => before + totals[key], 0);
  return {tests: total('tests'), failures: total('failures'), skipped: total('skipped'), errors: 0};
}

function caseNames(rule: string, name: string) {
  return {classname: `kubectl-psp.${rule}`, name};
}

function caseOf(finding: Finding, failOn: Severity): string {
  const {rule, severity, object, message} = finding;
  const names = caseNames(rule, objectText(object));
  const lines = textOf(finding);
  const fails = severities.indexOf(severity) <= severities.indexOf(failOn);
  return element('testcase', names, [
    fails
      ? element('failure', {type: severity, message}, lines)
      : element('system-out', {}, [escapeXml(`${severity}: ${message}`), ...lines]),
  ]);
}

function textOf({evidence, controls, remedy}: Finding): readonly string[] {
  const rests = controls.length === 0 ? [] : [`Controls: ${controlNames(controls)}`];
  return [...evidence, ...rests, `Remedy: ${remedy}`].map(escapeXml);
}

function skippedCase({finding, reason, until}: IgnoredFinding): string {
  const message = `ignored${until === undefined ? '' : ` until ${until}`}: ${reason}`;
  const names = caseNames(finding.rule, objectText(finding.object));
  return element('testcase', names, [element('skipped', {message})]);
}

function unansweredCase({id, title}: AuditRule, finding: Finding | undefined): string {
  const message = finding?.message ?? 'was not checked';
  return element('testcase', caseNames(id, title), [element('skipped', {message})]);
}

/** An element; its content is XML already, a line each. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[] = [],
): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => `${key}="${escapeXml(String(value))}"`,
  );
  const head = [name, ...words].join(' ');
  return content.length === 0 ? `<${head}/>` : [`<${head}>`, ...content, `</${name}>`].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0, which has no way to write control characters: they are shown as `\u{1b}`. */
function escapeXml(text: string): string {
  return escapeText(text)
    .replaceAll(/[\ufffe\uffff]/g, character => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replaceAll(/[&<>"']/g, character => entities[character] ?? '');
}
