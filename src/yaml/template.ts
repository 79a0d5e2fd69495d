/** What a file needs before it is YAML. */
export interface TemplateKind {
  /** What stands in it, for people: `{{ }}`. */
  readonly marks: string;
  /** The command that makes manifests of it, or what to do. */
  readonly render: string;
}

/**
 * What kind of template a text is that can't be read as YAML or JSON; undefined if it looks like none.
 * `file` is its name, `line` (from 1) where reading ended: variables are legal in most places, so only
 * those beside it count.
 */
export function templateKindOf(text: string, file: string, line: number): TemplateKind | undefined {
  const lines = text.split('\n');
  if (hasMark(lines, '{%')) {
    return {marks: '{% %}', render: 'render it first, with Ansible, Jinja or what it is made for'};
  }
  if (hasMark(lines, '{{')) {
    const [, chart = 'CHART'] = /^(.+)[\\/]templates[\\/]/.exec(file) ?? [];
    return {
      marks: '{{ }}',
      render: `render it first: helm template ${chart} | kubectl psp ... -f -`,
    };
  }
  if (!hasMark(lines.slice(Math.max(line - 2, 0), line + 1), '${')) return undefined;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the marks are meant
  return {marks: '${ }', render: `render it first: envsubst < ${file} | kubectl psp ... -f -`};
}

/** Whether a mark stands where YAML takes it for more than text: outside of quotes and comments. */
function hasMark(lines: readonly string[], mark: string): boolean {
  return lines.some(line => {
    const [before = ''] = line.split(mark, 1);
    if (before.length === line.length || /["'#]/.test(before)) return false;
    return before.trim() === '' || before.includes(': ') || before.includes('- ');
  });
}
