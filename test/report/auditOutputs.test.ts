import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {Ajv} from 'ajv';
import {SaxesParser} from 'saxes';
import {describe, expect, test} from 'vitest';
import type {Audit, Finding} from '../../src/audit/finding.ts';
import {ignoring} from '../../src/audit/ignore.ts';
import {auditOf} from '../../src/audit/index.ts';
import {rules} from '../../src/audit/rules/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {auditJunit} from '../../src/report/audit/junit.ts';
import {auditSarif} from '../../src/report/audit/sarif.ts';
import {auditTable} from '../../src/report/audit/table.ts';

const inventory = inventoryOfSnapshot(demoSnapshot, 'demo');
const whole = auditOf(inventory, {namespace: undefined, isWhole: true});
const entry = {rule: 'policy-drift', object: '**', reason: 'known', until: undefined, where: ''};
const {audit} = ignoring(whole, [entry], '2024-01-01');

/** What a hostile cluster may put into names and messages of others. */
const hostile = '</failure>]]>&amp;"\'<x y=\u0000\u001b[31m\u202e\ud800\ufffe\uffff\n\u2028é😀';

function auditWith(...findings: readonly Finding[]): Audit {
  return {
    inventory: emptyInventory,
    namespace: undefined,
    admission: undefined,
    verdicts: [],
    rights: [],
    findings,
    ignored: [],
  };
}

const hostileFinding: Finding = {
  rule: 'missing-role',
  id: `missing-role/${hostile}`,
  severity: 'low',
  message: hostile,
  object: {kind: 'RoleBinding', namespace: hostile, name: hostile},
  evidence: [hostile],
  controls: [],
  remedy: hostile,
};

describe('SARIF', () => {
  const at = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/package.json');
  const path = at.replace('package.json', 'lib/schemas/sarif-2.1.0-rtm.5.json');
  const {id: _, $schema: __, ...schema} = JSON.parse(readFileSync(path, 'utf8'));
  // The formats of its draft of JSON Schema are the ones of today's.
  const formats = {uri: /^[a-z]+:\S*$/, 'uri-reference': /^\S*$/, 'date-time': true} as const;
  const validate = new Ajv({strict: false, allErrors: true, unicodeRegExp: false, formats}).compile(
    schema,
  );
  const placeOf = () => undefined;

  function faultsOf(document: object): readonly string[] {
    validate(JSON.parse(JSON.stringify(document)));
    return (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`);
  }

  test('is what the published schema asks for', () => {
    expect(faultsOf(auditSarif(audit, {version: '1.2.3', placeOf}))).toEqual([]);
    expect(faultsOf({version: '2.1.0', runs: [{}]})).not.toEqual([]);
    const file = 'C:\\deploy\\a b#ä.yaml';
    const located = auditSarif(audit, {version: 'dev', placeOf: () => ({file, line: 3})});
    expect(faultsOf(located)).toEqual([]);
    expect(JSON.stringify(located)).toContain('"uri":"file:///C:/deploy/a%20b%23%C3%A4.yaml"');
    expect(faultsOf(auditSarif(auditWith(hostileFinding), {version: '1', placeOf}))).toEqual([]);
    expect(faultsOf(auditSarif(auditWith(), {version: '1', placeOf}))).toEqual([]);
  });

  test('has a rule for each result, its level, its lasting fingerprint', () => {
    const {
      runs: [run],
    } = JSON.parse(JSON.stringify(auditSarif(audit, {version: '1', placeOf})));
    const {driver} = run.tool;
    expect(driver.rules.map(({id}: {id: string}) => id)).toEqual(rules.map(({id}) => id));
    for (const result of run.results) {
      expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    }
    const denied = run.results.find(
      ({partialFingerprints}: {partialFingerprints: Record<string, string>}) =>
        partialFingerprints['finding/v1'] === 'denied-on-restart/Deployment/shop/thumbnailer',
    );
    expect(denied).toMatchObject({
      ruleId: 'denied-on-restart',
      level: 'error',
      message: {text: 'Deployment/shop/thumbnailer: its pod would be denied if recreated'},
      locations: [
        {logicalLocations: [{fullyQualifiedName: 'Deployment/shop/thumbnailer', kind: 'resource'}]},
      ],
    });
    expect(denied.suppressions).toBeUndefined();
  });

  test('suppresses what is ignored', () => {
    const text = JSON.stringify(auditSarif(audit, {version: '1', placeOf}));
    const results: readonly {ruleId: string; suppressions?: readonly object[]}[] =
      JSON.parse(text).runs[0].results;
    const drift = results.filter(({ruleId}) => ruleId === 'policy-drift');
    expect(drift.length).toBeGreaterThan(2);
    for (const {suppressions} of drift) {
      expect(suppressions).toEqual([
        {kind: 'external', status: 'accepted', justification: 'known'},
      ]);
    }
    expect(results.filter(({suppressions}) => suppressions !== undefined)).toEqual(drift);
  });

  test('says what could not be read', () => {
    const gaps = [{resource: 'pods', namespace: 'shop', reason: 'forbidden'}];
    const partial = auditOf({...inventory, gaps}, {namespace: undefined, isWhole: true});
    const sarif = JSON.stringify(auditSarif(partial, {version: '1', placeOf}));
    expect(sarif).toContain('could not read pods in namespace shop: forbidden');
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The root of an XML text; throws where it is not well-formed. */
function parseXml(xml: string): Element {
  const root: Element = {name: '', attributes: {}, children: [], text: ''};
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', error => {
    throw error;
  });
  parser.on('opentag', ({name, attributes}) => {
    const element: Element = {name, attributes, children: [], text: ''};
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', text => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [first] = root.children;
  if (first === undefined) throw new Error('no element');
  return first;
}

describe('JUnit', () => {
  const casesOf = (xml: string) => parseXml(xml).children.flatMap(({children}) => children);

  test('has a suite for each rule and a case for each finding', () => {
    const root = parseXml(auditJunit(audit));
    expect(root.children.map(({attributes}) => attributes.name)).toEqual(rules.map(({id}) => id));
    const counted = (name: string) =>
      root.children
        .flatMap(({children}) => children)
        .filter(({children}) => children[0]?.name === name).length;
    const low = audit.findings.filter(({severity}) => severity !== 'info').length;
    expect(root.attributes).toMatchObject({
      failures: String(low),
      skipped: String(audit.ignored.length),
      errors: '0',
    });
    expect([counted('failure'), counted('skipped')]).toEqual([low, audit.ignored.length]);
    for (const {attributes, children} of root.children) {
      expect(attributes.tests).toBe(String(children.length));
      expect(children.length).toBeGreaterThan(0);
    }
  });

  test('fails as --fail-on does, and tells the rest', () => {
    const failing = (xml: string) =>
      casesOf(xml).flatMap(({children}) =>
        children.filter(({name}) => name === 'failure').map(({attributes}) => attributes.type),
      );
    expect(new Set(failing(auditJunit(audit, 'high')))).toEqual(new Set(['high']));
    expect(new Set(failing(auditJunit(audit, 'info')))).toEqual(
      new Set(['high', 'medium', 'low', 'info']),
    );
    const told = casesOf(auditJunit(audit, 'high')).flatMap(({children}) =>
      children.filter(({name}) => name === 'system-out'),
    );
    expect(told.map(({text}) => text).join('')).toContain('medium: admission ignores it');
  });

  test('is well-formed whatever the names are', () => {
    const [found] = casesOf(auditJunit(auditWith(hostileFinding))).filter(
      ({children}) => children[0]?.name === 'failure',
    );
    const shown =
      '</failure>]]>&amp;"\'<x y=\\u{0}\\u{1b}[31m\\u{202e}\\u{d800}\\u{fffe}\\u{ffff}\\u{a}\\u{2028}é😀';
    expect(found?.attributes.name).toBe(`RoleBinding/${shown}/${shown}`);
    expect(found?.children[0]?.attributes.message).toBe(shown);
    expect(found?.children[0]?.text).toContain(`Remedy: ${shown}`);
  });

  test('skips rules that could not be answered', () => {
    const gaps = [{resource: 'pods', namespace: undefined, reason: 'forbidden'}];
    const partial = auditOf({...inventory, gaps}, {namespace: undefined, isWhole: true});
    const skipped = casesOf(auditJunit(partial)).filter(
      ({children}) => children[0]?.name === 'skipped',
    );
    expect(skipped.map(({attributes}) => attributes.classname)).toContain(
      'kubectl-psp.unused-policy',
    );
    expect(skipped[0]?.children[0]?.attributes.message).toBe(
      'was not checked: could not read pods',
    );
  });
});

describe('the table', () => {
  test('escapes, and counts what it shows', () => {
    const text = auditTable(auditWith(hostileFinding), {wide: true, headers: true});
    expect(text).toMatch(/^SEVERITY +RULE +OBJECT +MESSAGE +REMEDY +EVIDENCE +CONTROLS\n/);
    expect(text).toContain('\\u{1b}[31m');
    expect(text.split('\n')).toHaveLength(5);
    expect(text.endsWith('\n0 high, 0 medium, 1 low, 0 info\n')).toBe(true);
  });

  test('of nothing is the counts alone, and without headers nothing', () => {
    expect(auditTable(auditWith(), {wide: false, headers: true})).toBe(
      '0 high, 0 medium, 0 low, 0 info\n',
    );
    expect(auditTable(auditWith(), {wide: false, headers: false})).toBe('');
    const {length} = audit.ignored;
    expect(auditTable(audit, {wide: false, headers: true})).toContain(`; ${length} ignored\n`);
  });
});
