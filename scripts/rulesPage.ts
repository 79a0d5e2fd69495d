import {severities} from '../src/audit/finding.ts';
import type {AuditRule, RuleNeed} from '../src/audit/rule.ts';
import {rules} from '../src/audit/rules/index.ts';
import {printYaml} from '../src/yaml/documents.ts';
import {labelRules} from '../test/audit/cases/labelRules.ts';
import {podRules} from '../test/audit/cases/podRules.ts';
import {policyRules} from '../test/audit/cases/policyRules.ts';
import {rightsRules} from '../test/audit/cases/rightsRules.ts';
import type {RuleCases} from '../test/audit/cases/ruleCase.ts';

const cases: RuleCases = {...podRules, ...policyRules, ...rightsRules, ...labelRules};

const needTexts: Readonly<Record<RuleNeed, string>> = {
  rbac: 'roles and bindings',
  workloads: 'workloads',
  pods: 'pods',
  labels: 'the labels of namespaces',
  volumes: 'PersistentVolumes',
};

/** docs/RULES.md: what `audit` looks for, from the rules themselves. */
export function rulesPage(): string {
  const rows = rules.map(
    ({id, severity, title}) => `| [\`${id}\`](#${id}) | ${severity} | ${cell(title)} |`,
  );
  return `${[
    '# Rules of the audit',
    '<!-- Written by `npm run docs` from src/audit/rules. -->',
    [
      'What `kubectl psp audit` looks for. A finding is about one object, has one of the severities',
      `${severities.join(', ')}, and an id that stays the same from run to run: rule and object, as`,
      '`denied-on-restart/Deployment/shop/web`. The severity here is the highest that a rule gives.',
    ].join('\n'),
    [
      'What could not be read is never taken for absent: rules that depend on it are left out, for the',
      'namespaces that it is about or for all, and [`not-answered`](#not-answered) says so.',
    ].join('\n'),
    ['| rule | severity | finds |', '| --- | --- | --- |', ...rows].join('\n'),
    ...rules.flatMap(ruleSection),
    ...ignoreSection,
  ].join('\n\n')}\n`;
}

function ruleSection({id, severity, milder, title, why, remedy, needs, breadth}: AuditRule) {
  const read = needs.map(need => needTexts[need]).join(', ');
  return [
    `## ${id}`,
    `${title}.`,
    why,
    `**What to do:** ${remedy}`,
    [
      `- Severity: ${severity}${milder === undefined ? '' : `; ${milder.replace(/\.$/, '')}`}.`,
      ...(needs.length > 0
        ? [
            `- Reads ${needs.includes('labels') ? '' : 'policies, '}${read}${breadth === 'cluster' ? ', of all namespaces' : ''}.`,
          ]
        : []),
    ].join('\n'),
    ...exampleOf(id),
  ];
}

/** What the rule finds in a cluster of some objects: the case of the rule in the tests. */
function exampleOf(id: string): readonly string[] {
  const example = cases[id];
  if (example === undefined) return [];
  const [object, severity, message, remedy] = example.finds;
  // Equal pods are shown once.
  const shown = example.yes.filter(
    ({kind}, index) => kind !== 'Pod' || example.yes.findIndex(one => one.kind === kind) === index,
  );
  return [
    `An example, \`${object}\` in these objects: ${severity}, "${message}".`,
    `\`\`\`yaml\n${shown.map(one => printYaml(one)).join('---\n')}\`\`\``,
    remedy.startsWith('kubectl ') ? `The way out: \`${remedy}\`` : `The way out: ${remedy}`,
  ];
}

const ignoreSection: readonly string[] = [
  '## Ignoring findings',
  [
    'With `--ignore FILE`, findings that somebody has looked at and lives with are silenced. The file is a',
    'YAML list:',
  ].join('\n'),
  [
    '```yaml',
    '- rule: writable-host-path',
    '  object: PodSecurityPolicy/log-shipper',
    '  reason: Its position files; replaced in the next release',
    '  until: 2025-12-31',
    '- rule: denied-idle',
    '  object: CronJob/*/nightly-*',
    '  reason: Runs in the test cluster alone',
    '```',
  ].join('\n'),
  [
    '`object` is what the table shows; `*` stands for any text without a slash, `**` for any text.',
    '`until` is the last day on which the entry counts; after it the finding is back, and standard error',
    'says so, as it does for entries that match nothing any more. A rule that does not exist, a missing',
    'reason and a wrong date are errors. Ignored findings stay in machine output: under `ignored` in JSON,',
    'as suppressions in SARIF, as skipped cases in JUnit.',
  ].join('\n'),
];

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
