import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** A field of a message of Kubernetes' API. */
export interface ProtoField {
  readonly number: number;
  /** `optional`, `repeated` or `map`. */
  readonly label: string;
  /** `string`, `int64`, or the name of a message without its package. */
  readonly type: string;
}

/** How Go's JSON has a field. */
export interface GoField {
  readonly isPointer: boolean;
  /** Its fields stand in the object around it. */
  readonly isInline: boolean;
  readonly omitEmpty: boolean;
}

const version = 'v0.24.17';
/** That of the code that test/kubernetes/podsecurity is built from: what later fields are compared with. */
export const laterVersion = 'v0.37.2';

/** Where Go keeps the sources that the reference programs are built from; undefined if it does not. */
export function goModules(): string | undefined {
  const {stdout} = spawnSync('go', ['env', 'GOMODCACHE'], {encoding: 'utf8'});
  const folder = join(stdout?.trim() ?? '', 'k8s.io');
  return existsSync(join(folder, `api@${version}`)) ? folder : undefined;
}

/** The fields of the Go struct `k8s.io/api/core/v1.Pod`, by their names in JSON. */
export function goFields(
  modules: string,
  goType: string,
  wanted = version,
): ReadonlyMap<string, GoField> {
  const {folder, name} = placeOf(modules, goType, wanted);
  const source = readdirSync(folder)
    .filter(file => /^types.*\.go$/.test(file))
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const body = bodyOf(source, `type ${name} struct`, goType);
  const fields = new Map<string, GoField>();
  for (const line of body.split('\n').filter(text => !text.trim().startsWith('//'))) {
    const [, before = '', json, option] =
      /^\s*(.*?)\s*`json:"([^",]*)(,omitempty|,inline)?"/.exec(line) ?? [];
    if (json === undefined) continue;
    const type = before.split(/\s+/).at(-1) ?? '';
    const embedded = type.charAt(0).toLowerCase() + type.slice(1);
    fields.set(json || embedded, {
      isPointer: type.startsWith('*'),
      isInline: option === ',inline',
      omitEmpty: option === ',omitempty',
    });
  }
  return fields;
}

/** The fields of a message in generated.proto, by name. */
export function protoFields(
  modules: string,
  goType: string,
  wanted = version,
): ReadonlyMap<string, ProtoField> {
  const {folder, name} = placeOf(modules, goType, wanted);
  const source = readFileSync(join(folder, 'generated.proto'), 'utf8');
  const body = bodyOf(source, `message ${name}`, goType);
  const lines = body.matchAll(/^\s*(optional|repeated|map)\s*(\S+|<.*>) (\w+) = (\d+);$/gm);
  return new Map(
    [...lines].map(([, label = '', type = '', field = '', number]) => [
      field,
      {number: Number(number), label, type: type.split('.').at(-1) ?? ''},
    ]),
  );
}

function placeOf(modules: string, goType: string, wanted: string): {folder: string; name: string} {
  const [, module = '', path = '', name = ''] =
    /^k8s\.io\/([^/]+)\/(.*)\.(\w+)$/.exec(goType) ?? [];
  return {folder: join(modules, `${module}@${wanted}`, path), name};
}

function bodyOf(source: string, head: string, goType: string): string {
  const body = new RegExp(`^${head} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source)?.[1];
  if (body === undefined) throw new Error(`${goType} not found`);
  return body;
}
