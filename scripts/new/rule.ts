import type {Name, Scaffold} from './made.ts';

/** A rule of the audit, with its cases. */
export function newRule({kebab, camel}: Name): Scaffold {
  const file = `src/audit/rules/${camel}.ts`;
  const cases = `test/audit/cases/${camel}.ts`;
  return {
    files: [
      {
        path: file,
        text: `import {defineRule} from '../rule.ts';

/** What it finds, in a sentence. */
export const ${camel} = defineRule({
  id: '${kebab}',
  severity: 'medium',
  title: 'What it finds, in a few words',
  why: 'Why that matters.',
  remedy: 'What to do about it in general.',
  needs: ['rbac', 'workloads'],
  breadth: 'namespace',
  find: ({inventory}) =>
    inventory.policies.flatMap(({metadata: {name}}) => {
      const isFound = false;
      if (!isFound) return [];
      return [
        {
          object: {kind: 'PodSecurityPolicy', namespace: undefined, name},
          message: 'what is wrong with it',
          evidence: ['what shows that'],
          remedy: \`kubectl psp who-can use \${name} -A\`,
        },
      ];
    }),
});
`,
      },
      {
        path: cases,
        text: `import {psp} from '../../support/builders/audits.ts';
import type {RuleCases} from './ruleCase.ts';

/** The case of the rule about what \`title\` says. */
export const ${camel}Case: RuleCases = {
  '${kebab}': {
    yes: [psp('bad')],
    finds: [
      'PodSecurityPolicy/bad',
      'medium',
      'what is wrong with it',
      'kubectl psp who-can use bad -A',
    ],
    shows: 'what shows that',
    no: [],
  },
};
`,
      },
    ],
    additions: [
      {
        path: 'src/audit/rules/index.ts',
        at: "import {contradictedAnnotation, stalePolicyAnnotation, templateAnnotation} from './annotations.ts';\n",
        where: 'before',
        text: `import {${camel}} from './${camel}.ts';\n`,
      },
      {
        path: 'src/audit/rules/index.ts',
        at: '  noPolicy, notAnswered,\n',
        where: 'after',
        text: `  ${camel},\n`,
      },
      {
        path: 'test/audit/rules.test.ts',
        at: "import {podRules} from './cases/podRules.ts';\n",
        where: 'before',
        text: `import {${camel}Case} from './cases/${camel}.ts';\n`,
      },
      {
        path: 'test/audit/rules.test.ts',
        at: '  ...rightsRules,\n',
        where: 'after',
        text: `  ...${camel}Case,\n`,
      },
    ],
    test: ['test/audit/rules.test.ts', '-t', kebab],
    steps: [
      `Write the rule in ${file}, or move it to the file of its family; it gets what src/audit/context.ts says.`,
      `Give it its case in ${cases}: objects in which it finds one thing, and much the same ones in which it does not.`,
      'Put it where it belongs in src/audit/rules/index.ts, and its case in test/audit/rules.test.ts: the two have one order.',
      'npm run docs writes docs/RULES.md. Its id is in ignore files: it never changes.',
    ],
  };
}
