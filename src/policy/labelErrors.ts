import {dnsSubdomainProblems} from '../controls/shared/names.ts';
import {type FieldError, invalid} from '../kube/fieldError.ts';
import type {Release} from '../kube/release.ts';

const longest = 63;
const nameFormat = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const words =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/**
 * What the API server says of labels (apimachinery v0.24, pkg/apis/meta/v1/validation/validation.go, ValidateLabels), by
 * their keys: the server has them in no order.
 */
export function labelErrors(
  labels: Readonly<Record<string, string>>,
  release: Release,
): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...keyProblems(key, release).map(problem => invalid('metadata.labels', key, problem)),
    ...valueProblems(value).map(problem => invalid('metadata.labels', value, problem)),
  ]);
}

/** The same of the keys of annotations (pkg/api/validation/objectmeta.go, ValidateAnnotations). */
export function annotationKeyErrors(
  annotations: Readonly<Record<string, string>>,
  release: Release,
): readonly FieldError[] {
  return Object.keys(annotations).flatMap(key =>
    keyProblems(key.toLowerCase(), release).map(problem =>
      invalid('metadata.annotations', key, problem),
    ),
  );
}

/** pkg/util/validation/validation.go, IsQualifiedName. */
function keyProblems(key: string, release: Release): readonly string[] {
  const parts = key.split('/');
  const [prefix, name = ''] = parts.length === 1 ? [undefined, key] : parts;
  if (parts.length > 2) {
    return [
      `a qualified name ${words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const ofPrefix =
    prefix === undefined
      ? []
      : prefix === ''
        ? ['must be non-empty']
        : dnsSubdomainProblems(prefix, release);
  const ofName = [
    ...(name === '' ? ['must be non-empty'] : []),
    ...(name.length > longest ? [`must be no more than ${longest} characters`] : []),
    ...(nameFormat.test(name) ? [] : [words]),
  ];
  return [
    ...ofPrefix.map(text => `prefix part ${text}`),
    ...ofName.map(text => `name part ${text}`),
  ];
}

/** The same file, IsValidLabelValue. */
function valueProblems(value: string): readonly string[] {
  return [
    ...(value.length > longest ? [`must be no more than ${longest} characters`] : []),
    ...(value === '' || nameFormat.test(value) ? [] : [valueWords]),
  ];
}
