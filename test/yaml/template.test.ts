import {describe, expect, test} from 'vitest';
import {UserError} from '../../src/errors.ts';
import {readDocuments} from '../../src/yaml/documents.ts';

function problem(text: string, file = 'f.yaml'): string {
  try {
    return `read: ${JSON.stringify(readDocuments(text, file).map(({value}) => value))}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

const helm =
  'a template ({{ }}) is not a manifest; render it first: helm template CHART | kubectl psp ... -f -';
const jinja =
  'a template ({% %}) is not a manifest; render it first, with Ansible, Jinja or what it is made for';
const shell =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the marks are meant
  'a template (${ }) is not a manifest; render it first: envsubst < f.yaml | kubectl psp ... -f -';

describe('a template is named as that, with what renders it', () => {
  test.each([
    ['a: {{ .Values.x }}', helm],
    ['{{- if .Values.x }}\na: 1\n{{- end }}', helm],
    ['a:\n  {{- toYaml .x | nindent 2 }}', helm],
    ['image: {{ "a" }}:{{ .b }}', helm],
    ['kind: Pod\n---\n{{ include "x" . }}\na: 1', helm],
    ['{% if x %}\na: {{ b }}\n{% endif %}', jinja],
    ['a:\n  - {% x %}\nb: [', jinja],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the marks are meant
    ['a: 1\n${LABELS}\nb: 1', shell],
    ['a: ${X}: 1', shell],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the marks are meant
  ])('%j', (text, reason) => {
    expect(problem(text).replace(/^f\.yaml: document \d, line \d: /, '')).toBe(reason);
  });

  test('with the chart that it stands in', () => {
    expect(problem('a: {{ .x }}', 'charts/web/templates/a/b.yaml')).toContain(
      'helm template charts/web | kubectl psp',
    );
  });
});

test('marks within text, and variables far from the mistake, make no template', () => {
  expect(problem('a: "{{ x }}"\nb: [1')).toContain('"," or the closing bracket is expected');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the marks are meant
  expect(problem('a: ${X}\nb: 1\nc: 1\nd: 1\ne: [1')).toContain('the closing bracket is expected');
});

test('a line that a tab indents is named as that, wherever it is', () => {
  for (const text of ['\ta: 1', 'a:\n\tb: 1', 'a:\n  - x\n\t- y', 'a:\n  b: 1\n \tc: 2']) {
    const line = text.split('\n').findIndex(one => one.includes('\t')) + 1;
    expect(problem(text)).toBe(
      `f.yaml: document 1, line ${line}: a tab indents a line; use spaces`,
    );
  }
});
