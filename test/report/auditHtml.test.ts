import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {auditHtml} from '../../src/report/audit/html/index.ts';
import {escapeHtml, html} from '../../src/report/audit/html/markup.ts';
import {
  auditWith,
  demoAudit,
  findingOf,
  hostileAudit,
  hostileNames,
} from '../support/builders/auditPages.ts';
import {openRules} from '../support/builders/policies.ts';
import {runsOf} from '../support/run/runs.ts';

const demo = auditHtml(demoAudit());

/** What a reader sees of a piece of the page, one space between words. */
function textOf(markup: string): string {
  return markup
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

function section(page: string, id: string): string {
  return (
    new RegExp(`<section id="${id}"[\\s\\S]*?\\n(?=<section id=|</main>)`).exec(page)?.[0] ?? ''
  );
}

test('who may use a policy is unknown where not all grants were read', () => {
  const {inventory, ...audit} = demoAudit();
  const gaps = [{resource: 'rolebindings', namespace: 'shop', reason: 'forbidden'}];
  const bare = {...audit, rights: []};
  const policiesOf = (page: string) => textOf(section(page, 'policies'));
  expect(policiesOf(auditHtml({...bare, inventory}))).toContain('nobody may use it');
  const partly = policiesOf(auditHtml({...bare, inventory: {...inventory, gaps}}));
  expect(partly).toContain('unknown who may use it');
  expect(partly).not.toMatch(/nobody/i);
  const some = policiesOf(auditHtml({...audit, inventory: {...inventory, gaps}}));
  expect(some).toContain('perhaps others: not all grants were read');
});

describe('the page of the demo', () => {
  test('begins with what was audited, and what a restart would do', () => {
    const head = textOf(/<header[\s\S]*<\/header>/.exec(demo)?.[0] ?? '');
    expect(head).toContain('context demo');
    expect(head).toContain(
      'A restart of the 84 pods and 14 idle workloads would deny 13 , change 18 , and move 5 to another policy.',
    );
    expect(head).toContain(
      'Server v1.24.17 Policy API policy/v1beta1 Taken at 2023-05-16T09:20:00.000Z',
    );
    expect(head).toContain('Namespaces 11 Policies 12');
    expect(head).toContain('14 ▲ high 5 ◆ medium 3 ● low 0 ○ info');
  });

  test('has every finding with its evidence, remedy and id, the most severe first', () => {
    const findings = section(demo, 'findings');
    const text = textOf(findings);
    expect(findings.match(/<details class="finding"/g)).toHaveLength(22);
    expect(text).toContain(
      'CronJob ci/ nightly-e2e No policy admits it: it runs until it is restarted Evidence pods &quot;nightly-e2e-&quot; is forbidden',
    );
    expect(text).toContain('kubectl psp advise CronJob/nightly-e2e -n ci --grant');
    expect(text).toContain('Id denied-on-restart/CronJob/ci/nightly-e2e');
    const order = [...findings.matchAll(/data-severity="(\w+)"/g)].map(([, severity]) => severity);
    expect(order).toEqual(['high', 'high', 'medium', 'low']);
  });

  test('says what a rule is about, in the words of the rule', () => {
    expect(textOf(section(demo, 'findings'))).toContain(
      'Running pods that admission would deny now 13 Policies and rights are looked at when a pod is created.',
    );
  });

  test('has what is ignored, with the reason and the last day', () => {
    expect(textOf(demo)).toContain(
      'PodSecurityPolicy gpu-batch The GPU nodes come back in spring until 2023-09-30',
    );
  });

  test('counts the pods of each namespace by strictness', () => {
    const text = textOf(section(demo, 'namespaces'));
    // No policy, unknown, 6 or more controls open, 3 to 5, 1 or 2, baseline, restricted, all.
    expect(text).toContain(' kube-system 1 0 10 3 0 0 0 14 ');
    expect(text).toContain(' payments 2 0 0 3 9 0 0 14 ');
    expect(text).toContain('3 namespaces without pods are not listed');
  });

  test('has the level of each control of each policy, in letters', () => {
    const [, row = ''] = /<th scope="row">ci-builder([\s\S]*?)<tr>/.exec(demo) ?? [];
    expect(textOf(row).trim()).toBe('privileged 6 2 P R R R R P B P P B R P P R');
  });

  test('names who may use a policy and what it leaves open', () => {
    const text = textOf(section(demo, 'policies'));
    expect(text).toContain('P Privileged allowed');
    expect(text).toContain('ServiceAccount ci/runner in ci, through RoleBinding psp-ci-builder');
  });

  test('is the same each time', () => {
    expect(auditHtml(demoAudit())).toBe(demo);
  });
});

describe('what a browser may do with the page', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(demo)?.[1] ?? '';

  test('is to run its own style and script, and nothing else', () => {
    const hashes = [...demo.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)].map(
      ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashes[0]}; script-src ${hashes[1]}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(hashes).toHaveLength(2);
  });

  test('and not to load anything', () => {
    expect(demo).not.toMatch(/https?:|\bsrc=|@import|url\(/);
    const links = [...demo.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
    expect(links.filter(target => !target?.startsWith('#'))).toEqual(['data:,']);
    expect(demo).not.toMatch(/<[^>]* (?:style|on\w+)=/);
  });
});

describe('names', () => {
  const tagsOf = (page: string) =>
    [...page.matchAll(/<(\/?[a-z]\w*|!)[^>]*>/gi)].map(([, tag]) => tag).join(' ');

  test('of a hostile cluster are text', () => {
    const page = auditHtml(hostileAudit());
    for (const name of hostileNames.filter(name => /[<>"']/.test(name))) {
      expect(page).not.toContain(name);
    }
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028\u0007\u001b]/);
    expect(page).toContain(
      'right\\u{202e}to\\u{2066}left\\u{200b}zero\\u{2028}line\\u{7}bell\\u{1b}[31m',
    );
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });

  test('never make or end an element, whatever they are', () => {
    const pageOf = (name: string) => {
      const audit = auditWith(
        {
          ...emptyInventory,
          source: name,
          policies: [decodePolicy({metadata: {name}, spec: openRules})],
          namespaces: [{metadata: {name, labels: undefined}}],
          pods: [
            decodePod({
              metadata: {name, namespace: name},
              spec: {serviceAccountName: name, containers: [{name}]},
            }),
          ],
          gaps: [{resource: name, namespace: name, reason: name}],
        },
        [findingOf(['rule', 'low'], name, name, name, {message: name, evidence: [name]})],
      );
      const [finding] = audit.findings;
      const ignored = finding === undefined ? [] : [{finding, reason: name, until: name}];
      return auditHtml({...audit, ignored});
    };
    const plain = tagsOf(pageOf('plain'));
    const anyName = fc.oneof(
      fc.string({unit: 'binary', minLength: 1}),
      fc
        .array(
          fc.constantFrom(
            '<',
            '>',
            '"',
            "'",
            '&',
            '/',
            '!--',
            '-->',
            '`',
            '$',
            '{',
            '\\',
            'a',
            '</script',
            ']]>',
            '=',
          ),
          {
            minLength: 1,
          },
        )
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(anyName, name => {
        expect(tagsOf(pageOf(name))).toBe(plain);
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('are the same text again in a browser', () => {
    const entities: Readonly<Record<string, string>> = {
      '&amp;': '&',
      '&lt;': '<',
      '&gt;': '>',
      '&quot;': '"',
      '&#39;': "'",
    };
    fc.assert(
      fc.property(fc.string(), text => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(escaped.replaceAll(/&[^;]+;/g, entity => entities[entity] ?? '')).toBe(text);
      }),
    );
  });

  test('are escaped by the template, but markup is not', () => {
    const inner = html`<b>${'a & b'}</b>`;
    expect(html`<p title="${'"'}">${inner}${[inner, inner]}${3}${undefined}</p>`.markup).toBe(
      '<p title="&quot;"><b>a &amp; b</b><b>a &amp; b</b><b>a &amp; b</b>3</p>',
    );
  });
});

describe('what is missing', () => {
  test('stands at the top', () => {
    const audit = demoAudit();
    const gaps = [
      {resource: 'rolebindings', namespace: 'shop', reason: 'forbidden'},
      {resource: 'pods', namespace: undefined, reason: 'forbidden'},
    ];
    const page = textOf(auditHtml({...audit, inventory: {...audit.inventory, gaps}}));
    expect(page).toContain('This report is incomplete: 2 things could not be read');
    expect(page).toContain('rolebindings in namespace shop : forbidden');
    expect(page).toContain('pods : forbidden');
    expect(textOf(demo)).not.toContain('incomplete');
  });

  test('an empty inventory makes a page without pictures', () => {
    const page = auditHtml(auditWith(emptyInventory, []));
    const text = textOf(page);
    expect(text).toContain('There are no pods to judge here.');
    expect(text).toContain('Nothing was found.');
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('id="picture"');
  });

  test('one namespace is said to be all that it is about', () => {
    const audit = demoAudit();
    const verdicts = audit.verdicts.filter(({item}) => item.namespace === 'shop');
    const page = textOf(auditHtml({...audit, namespace: 'shop', verdicts}));
    expect(page).toContain('of namespace shop would deny 3 ');
    expect(page).toContain('Scope namespace shop');
    expect(page).not.toContain('All 11');
  });

  test('long evidence is cut, and says so', () => {
    const evidence = Array.from({length: 20}, (_, index) => `line ${index}`);
    const finding = findingOf(['r', 'low'], 'Pod', 'a', 'b', {evidence});
    const text = textOf(auditHtml(auditWith(emptyInventory, [finding])));
    expect(text).toContain('line 11 and 8 more lines');
    expect(text).not.toContain('line 12');
  });
});

test('the page says by which release its pods are judged', () => {
  const audit = demoAudit();
  const on = (changes: object) =>
    auditHtml({...audit, inventory: {...audit.inventory, ...changes}});
  expect(on({})).toContain('what Kubernetes v1.24 does');
  expect(on({release: 20})).toContain('what Kubernetes v1.20 does');
});
