import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject, parseJson} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {documents, oddities, partial, policies, workloads} from './documents.ts';

const file = join(import.meta.dirname, '../../schema/psp.kubectl.v1alpha1.json');
const schema: JsonObject = JSON.parse(readFileSync(file, 'utf8'));
// Formats are notes in this version of JSON Schema.
const ajv = new Ajv2020({allErrors: true, validateFormats: false}).addSchema(schema);

/** What is wrong with a document of this kind; nothing for a valid one. */
function faultsOf(kind: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${kind}`);
  if (validate === undefined) throw new Error(`the schema has no ${kind}`);
  validate(value);
  return (validate.errors ?? []).map(
    ({instancePath, message, params}) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const cases = documents.map(
  ([kind, ...args]) => [args.map(arg => basename(arg)).join(' '), kind, args] as const,
);

describe('the schema describes', () => {
  test.each(cases)('%s', async (_, kind, args) => {
    const {code, out, err} = await runHere(...args, '-o', 'json');
    // That two policies differ, or that pods would be denied, is an answer, too.
    const isNo = kind === 'Diff' ? args.includes('privileged') : args.includes('--delete');
    const isPlan = kind === 'Migration' || kind === 'MigrationLabels';
    expect(isPlan ? [1, 3] : [isNo ? 1 : 0], err).toContain(code);
    const document: unknown = JSON.parse(out);
    expect(faultsOf(kind, document)).toEqual([]);
    expect(ajv.validate(schema.$id as string, document)).toBe(true);
  });

  test.each([
    ['the demo', '--demo'],
    ['manifests', '--from', policies, '--from', workloads],
    ['a part', '--from', partial],
    ['all fields of pods', '--from', oddities],
  ])('a snapshot of %s', async (_, ...source) => {
    const {code, out, err} = await runHere('snapshot', ...source);
    expect(code, err).toBe(0);
    expect(faultsOf('Snapshot', JSON.parse(out))).toEqual([]);
    expect(ajv.validate(schema.$id as string, JSON.parse(out))).toBe(true);
  });
});

test.each(cases)('-o yaml says what -o json says: %s', async (_, kind, args) => {
  const json = await runHere(...args, '-o', 'json');
  const yaml = await runHere(...args, '-o', 'yaml');
  if (kind === 'Advice' || kind === 'Reuse') {
    // Their YAML is for kubectl apply: policies and grants.
    const answer = objectOf(parseJson(json.out));
    const items = answer.items as readonly JsonObject[];
    const advised = kind === 'Reuse' ? items.map(({advice}) => advice).filter(isObject) : items;
    const objects = [...advised, {grants: answer.grants ?? []}].flatMap(
      ({policy, grants = []}: JsonObject) => [
        ...(policy === undefined ? [] : [policy]),
        ...(grants as readonly Json[]),
      ],
    );
    expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual(objects);
    return;
  }
  if (kind === 'MigrationLabels') {
    // Its YAML are patches of namespaces, those that can be set.
    const set = readDocuments(yaml.out, 'yaml').map(({value}) =>
      objectOf(objectOf(value).metadata),
    );
    const items = objectOf(parseJson(json.out)).items as readonly JsonObject[];
    const wanted = items.map(({namespace: name, labels}) => ({name, labels}));
    const ready = args.includes('enforce')
      ? wanted.filter((_item, index) => items[index]?.verdict === 'fine')
      : wanted;
    expect(set).toEqual(ready);
    return;
  }
  if (kind === 'Hardening') {
    // Its YAML are patches for kubectl and kustomize.
    const items = objectOf(parseJson(json.out)).items as readonly JsonObject[];
    const patches = items.flatMap(({patch}) => (isObject(patch) ? [patch] : []));
    expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual(patches);
    return;
  }
  expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual([parseJson(json.out)]);
});

describe('the schema refuses', () => {
  test('what it does not name, at any depth', async () => {
    const snapshot = JSON.parse((await runHere('snapshot', '--demo')).out);
    expect(refusals('Snapshot', snapshot)).toEqual([]);
    for (const [kind, ...args] of [documents[3], documents[6], documents[12], documents[15]].filter(
      found => found !== undefined,
    )) {
      const document = JSON.parse((await runHere(...args, '-o', 'json')).out);
      expect(refusals(kind, document)).toEqual([]);
    }
  });

  test('documents that lack what is always there, and other kinds', () => {
    const apiVersion = 'psp.kubectl/v1alpha1';
    expect(faultsOf('Why', {apiVersion, kind: 'Why'})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion, kind: 'Summary', items: []})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion: 'psp.kubectl/v1', kind: 'Why', items: []})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion, kind: 'Why', items: []})).toEqual([]);
  });

  test('nothing by accident: every object is closed, or a map', () => {
    const open: string[] = [];
    walk(schema, '', (value, path) => {
      if (value.type !== 'object' || value.maxProperties === 0) return;
      if (value.additionalProperties === undefined) open.push(path);
    });
    expect(open).toEqual([]);
  });
});

/** Where an unknown property goes unnoticed. Maps of strings and values of patches take any. */
function refusals(kind: string, document: JsonObject): readonly string[] {
  const unnoticed: string[] = [];
  const seen = new Set<string>();
  walk(document, '', (value, path) => {
    const shape = path.replaceAll(/\/\d+/g, '/*');
    if (seen.has(shape) || /\/(labels|annotations|matchLabels|value)(\/|$)/.test(shape)) return;
    seen.add(shape);
    (value as {unknown?: string}).unknown = 'x';
    if (faultsOf(kind, document).length === 0) unnoticed.push(path);
    delete (value as {unknown?: string}).unknown;
  });
  expect(seen.size).toBeGreaterThan(2);
  return unnoticed;
}

function walk(value: Json | undefined, path: string, visit: Visit): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}/${index}`, visit);
  } else if (isObject(value)) {
    visit(value, path);
    for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`, visit);
  }
}
type Visit = (value: JsonObject, path: string) => void;
