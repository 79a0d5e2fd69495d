import {basename, dirname, join} from 'node:path/posix';
import {UserError} from '../../errors.ts';
import {groupOf} from '../../kube/apiGroups.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';
import {count, shellWord} from '../../text.ts';
import type {SourceDocument} from '../../yaml/documents.ts';

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const kustomizeGroup = 'kustomize.config.k8s.io';

/** Fields of a kustomization that don't change anything that policies are about. */
// biome-ignore format: names, several a line
const harmless = [
  'apiVersion', 'kind', 'metadata', 'resources', 'bases', 'crds', 'images', 'openapi',
  'labels', 'commonLabels', 'buildMetadata', 'generatorOptions', 'sortOptions', 'configurations',
];

/** The manifests among documents, and what to say about those that only list others. */
export interface Manifests {
  readonly documents: readonly SourceDocument[];
  readonly remarks: readonly string[];
}

/**
 * Documents without the kustomizations that only list files that were read too. One that changes
 * objects, or takes in others than those that were read, is a UserError that says how to render it: its
 * files are not what gets applied.
 */
export function withoutKustomizations(documents: readonly SourceDocument[]): Manifests {
  const kustomizations = documents.filter(isKustomization);
  if (kustomizations.length === 0) return {documents, remarks: []};
  const read = new Set(documents.map(({file}) => normal(file)));
  // A component by itself is nothing to render: what uses it is, and says so itself if it was read.
  for (const {file, value} of kustomizations.filter(each => !isComponent(each))) {
    const reason = isObject(value) ? reasonToRender(value, normal(file), read) : undefined;
    if (reason === undefined) continue;
    throw new UserError(
      `${file}: this kustomization ${reason}, so its files are not what gets applied: ` +
        `${renderLine(shellWord(dirname(file)), value)} | kubectl psp ... -f -`,
    );
  }
  const component = kustomizations.find(isComponent);
  if (component !== undefined) {
    throw new UserError(
      `${component.file}: a component is a part of other kustomizations, so its files are not what gets applied: ` +
        'render one that lists it: kubectl kustomize OVERLAY | kubectl psp ... -f -',
    );
  }
  const names = kustomizations.map(({file}) => file).join(', ');
  const others = documents.filter(document => !isKustomization(document));
  refuseUnlisted(others, kustomizations);
  return {
    documents: others,
    remarks: [
      `skipped ${count(kustomizations.length, 'kustomization')} that only ${kustomizations.length === 1 ? 'lists' : 'list'} files: ${names}`,
    ],
  };
}

/**
 * Refuses an object in a file that no kustomization of its folder lists, if a listed file has another one of its
 * name: that one alone is applied.
 */
function refuseUnlisted(
  documents: readonly SourceDocument[],
  kustomizations: readonly SourceDocument[],
): void {
  const folders = kustomizations.map(({file}) => dirname(normal(file)));
  const listed = new Set(
    kustomizations.flatMap(({file, value}) =>
      isObject(value) ? listedIn(value).map(path => join(dirname(normal(file)), path)) : [],
    ),
  );
  const isListed = ({file}: SourceDocument) => listed.has(normal(file));
  const inUse = new Map(documents.filter(isListed).map(each => [nameOf(each), each]));
  for (const document of documents) {
    const {file, value} = document;
    const folder = folders.find(each => each === '.' || normal(file).startsWith(`${each}/`));
    const used = inUse.get(nameOf(document));
    if (isListed(document) || folder === undefined || used === undefined) continue;
    if (printJson(used.value) === printJson(value)) continue;
    throw new UserError(
      `${file}: ${nameOf(document)} is in ${used.file} too, and only that file is listed in the kustomization: ` +
        `kubectl kustomize ${shellWord(folder)} | kubectl psp ... -f -`,
    );
  }
}

/** What tells objects apart: group, kind, namespace and name. */
function nameOf({value}: SourceDocument): string {
  if (!isObject(value)) return '';
  const {apiVersion, kind, metadata} = value;
  const {namespace, name} = isObject(metadata) ? metadata : {};
  const group = groupOf(String(apiVersion ?? ''));
  const place = [namespace, name].filter(text => typeof text === 'string').join('/');
  return `${String(kind)}${group.includes('.') ? `.${group}` : ''} ${place}`;
}

function isComponent({value}: SourceDocument): boolean {
  return isObject(value) && value.kind === 'Component';
}

/** kubectl renders charts only if told to. */
function renderLine(folder: string, kustomization: Json): string {
  const fields = isObject(kustomization) ? Object.keys(kustomization) : [];
  const hasCharts = fields.some(field => /^helm(Charts|ChartInflationGenerator)$/.test(field));
  return `kubectl kustomize ${hasCharts ? '--enable-helm ' : ''}${folder}`;
}

/** By its kind, or if it has none, which is allowed, by the name of the file. */
function isKustomization({file, value}: SourceDocument): boolean {
  if (!isObject(value)) return false;
  const {apiVersion, kind} = value;
  if (typeof apiVersion === 'string' && apiVersion !== '') {
    return groupOf(apiVersion) === kustomizeGroup;
  }
  if (kind === 'Kustomization') return true;
  return kind === undefined && fileNames.includes(basename(normal(file)));
}

/** Why the listed files alone do not say what is applied; undefined if they do. */
function reasonToRender(
  kustomization: JsonObject,
  file: string,
  read: ReadonlySet<string>,
): string | undefined {
  const changing = Object.entries(kustomization)
    .filter(([field, value]) => !harmless.includes(field) && !isEmpty(value))
    .map(([field]) => field);
  if (changing.length > 0) return `changes objects (${changing.sort().join(', ')})`;
  const elsewhere = listedIn(kustomization).find(path => !read.has(join(dirname(file), path)));
  return elsewhere === undefined ? undefined : `takes in ${elsewhere}`;
}

function listedIn({resources, bases}: JsonObject): readonly string[] {
  return [...textsOf(resources), ...textsOf(bases)];
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && !Object.keys(value).length;
}

/** A path in the form that the others have: with slashes, and without `./`. */
function normal(file: string): string {
  return join(file.replaceAll('\\', '/'));
}
