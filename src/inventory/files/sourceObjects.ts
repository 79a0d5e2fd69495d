import {UserError} from '../../errors.ts';
import {groupOf} from '../../kube/apiGroups.ts';
import {isObject, type Json, type JsonObject, parseJson} from '../../kube/json.ts';

/** An object and where it was read: `FILE: document 2, line 10`; '' for objects of a cluster. */
export interface SourceObject {
  readonly where: string;
  readonly value: JsonObject;
  /** Whether it comes from an OpenShift Template, so that parameters may stand for values. */
  readonly isOfTemplate?: boolean;
}

/**
 * The objects of a `kind: List`, of a typed list, or of an OpenShift Template, each with its own kind.
 * Objects of a Template get the default values of its parameters.
 */
export function flattened(source: SourceObject): readonly SourceObject[] {
  const {kind, apiVersion, items} = source.value;
  if (isTemplate(source.value)) return objectsOfTemplate(source);
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [source];
  return items.flatMap((item: Json, index) => {
    const where = `${source.where}: items[${index}]`;
    if (!isObject(item)) throw new UserError(`${where}: not an object`);
    const typed = kind === 'List' ? {} : {apiVersion, kind: kind.slice(0, -'List'.length)};
    return flattened({...source, where, value: {...typed, ...item}});
  });
}

/** Whether it is a Template of OpenShift, in its present group or in the core group, where it once was. */
function isTemplate({apiVersion, kind, objects}: JsonObject): boolean {
  const group = typeof apiVersion === 'string' ? groupOf(apiVersion) : undefined;
  return (
    kind === 'Template' &&
    ['', 'template.openshift.io'].includes(group ?? '?') &&
    Array.isArray(objects)
  );
}

function objectsOfTemplate({where, value}: SourceObject): readonly SourceObject[] {
  const {objects, parameters} = value;
  const values = new Map(
    (Array.isArray(parameters) ? parameters : []).flatMap((parameter: Json) =>
      isObject(parameter) &&
      typeof parameter.name === 'string' &&
      typeof parameter.value === 'string'
        ? [[parameter.name, parameter.value] as const]
        : [],
    ),
  );
  return (Array.isArray(objects) ? objects : []).flatMap((object: Json, index) => {
    const place = `${where}: objects[${index}]`;
    const filled = withParameters(object, values);
    if (!isObject(filled)) throw new UserError(`${place}: not an object`);
    return flattened({where: place, value: filled, isOfTemplate: true});
  });
}

/** With `${NAME}` in texts replaced, and a text that consists of `${{NAME}}` replaced by the value as JSON. */
function withParameters(value: Json, values: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') {
    const whole = values.get(/^\$\{\{(\w+)\}\}$/.exec(value)?.[1] ?? '');
    if (whole !== undefined) return jsonOr(whole);
    return value.replaceAll(/\$\{(\w+)\}/g, (text, name: string) => values.get(name) ?? text);
  }
  if (Array.isArray(value)) return value.map((item: Json) => withParameters(item, values));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      item === undefined ? item : withParameters(item, values),
    ]),
  );
}

function jsonOr(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** Whether a parameter without a value stands for something that matters; names and labels don't. */
export function hasOpenParameter(object: unknown): boolean {
  const text = JSON.stringify(object, (key, item) => {
    if (harmless.includes(key)) return undefined;
    return typeof item === 'bigint' ? String(item) : item;
  });
  return /\$\{/.test(text);
}

const harmless = ['name', 'generateName', 'labels', 'mountPath'];
