import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';

/** What krew and its index can install for (krew v0.5, cmd/validate-krew-manifest). */
const supported = [
  ...['linux', 'darwin', 'windows'].flatMap(os =>
    ['386', 'amd64', 'arm64'].map(arch => `${os}/${arch}`),
  ),
  'linux/arm',
  'linux/ppc64le',
];

/**
 * What is wrong with a manifest by the rules of krew v0.5 (internal/index/validation/validate.go,
 * cmd/validate-krew-manifest) and of its index. `file` is the manifest's name without its folder.
 */
export function krewProblems(manifest: Json | undefined, file: string): readonly string[] {
  if (!isObject(manifest)) return ['not an object'];
  const {apiVersion, kind} = manifest;
  const name = text(member(manifest, 'metadata'), 'name');
  const spec = member(manifest, 'spec');
  const platforms = list(spec, 'platforms');
  return [
    ...unless(apiVersion === 'krew.googlecontainertools.github.com/v1alpha2', 'apiVersion'),
    ...unless(kind === 'Plugin', 'kind'),
    ...unless(/^[\w-]+$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)$/i.test(name), 'name'),
    ...unless(file === `${name}.yaml`, 'file name'),
    ...unless(/^v\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(text(spec, 'version')), 'version'),
    ...unless(/^.+$/.test(text(spec, 'shortDescription')), 'shortDescription'),
    ...unless(text(spec, 'shortDescription').length <= 50, 'shortDescription too long'),
    ...unless(/^https:\/\/\S+$/.test(text(spec, 'homepage')), 'homepage'),
    ...unless(text(spec, 'description') !== '', 'description'),
    ...unless(platforms.length > 0, 'platforms'),
    ...platforms.flatMap((platform, index) =>
      platformProblems(platform).map(problem => `platform ${index}: ${problem}`),
    ),
    ...overlaps(platforms),
  ];
}

function platformProblems(platform: JsonObject): readonly string[] {
  const labels = member(member(platform, 'selector'), 'matchLabels');
  const keys = Object.keys(labels);
  const bin = text(platform, 'bin');
  const files = list(platform, 'files');
  const isWindows = labels.os === 'windows';
  return [
    ...unless(/^(https?|file):\/\/\S+$/.test(text(platform, 'uri')), 'uri'),
    ...unless(/\.(tar\.gz|zip)$/.test(text(platform, 'uri')), 'archive'),
    ...unless(/^[a-f0-9]{64}$/.test(text(platform, 'sha256')), 'sha256'),
    ...unless(bin !== '' && isClean(bin), 'bin'),
    ...unless(bin.endsWith('.exe') === isWindows, 'bin of the system'),
    ...unless(keys.length > 0 && keys.every(key => key === 'os' || key === 'arch'), 'selector'),
    ...unless(supported.includes(`${labels.os}/${labels.arch}`), 'platform'),
    ...unless(platform.files === undefined || files.length > 0, 'files'),
    ...files.flatMap(file => [
      ...unless(text(file, 'from') !== '', 'from'),
      ...unless(isClean(text(file, 'to')), 'to'),
    ]),
    ...unless(
      files.some(file => /^(licen[cs]es?|copying)/i.test(text(file, 'from'))),
      'licence',
    ),
  ];
}

function overlaps(platforms: readonly JsonObject[]): readonly string[] {
  const selectors = platforms.map(({selector}) => JSON.stringify(selector));
  return unless(new Set(selectors).size === selectors.length, 'two platforms of one selector');
}

/** A path below the plugin's folder, written without detours. */
function isClean(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}

function unless(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [problem];
}

function member(of: JsonObject, key: string): JsonObject {
  const value = of[key];
  return isObject(value) ? value : {};
}

function text(of: JsonObject, key: string): string {
  const value = of[key];
  return typeof value === 'string' ? value : '';
}

/** The objects of a list. */
export function list(of: JsonObject, key: string): readonly JsonObject[] {
  const value = of[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
