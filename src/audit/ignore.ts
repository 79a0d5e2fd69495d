import {exitCodes, UserError} from '../errors.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {nearNames} from '../kube/nearNames.ts';
import type {SourceDocument} from '../yaml/documents.ts';
import type {Audit, Finding, IgnoredFinding} from './finding.ts';
import {rules} from './rules/index.ts';
import {objectText} from './words.ts';

/** An entry of an ignore file: findings that somebody has looked at and lives with. */
export interface IgnoreEntry {
  readonly rule: string;
  /** As ids have it, `Deployment/shop/web`, with `*` for any text without a slash, `**` for any text. */
  readonly object: string;
  readonly reason: string;
  /** The last day on which it counts, as YYYY-MM-DD; undefined for ever. */
  readonly until: string | undefined;
  /** Where it stands: `FILE: [2]`. */
  readonly where: string;
}

/** An audit without what is ignored, and what to tell of the entries. */
export interface Ignoring {
  readonly audit: Audit;
  /** Entries that are over, and entries that no finding matches: a sentence each. */
  readonly notes: readonly string[];
}

const keys = ['rule', 'object', 'reason', 'until'];

/**
 * The entries of an ignore file: one document, a list of objects. A UserError says where something is
 * missing, misspelt or of a wrong form.
 */
export function ignoreEntries(documents: readonly SourceDocument[]): readonly IgnoreEntry[] {
  const [document, ...more] = documents;
  if (document === undefined) return [];
  const {file, value, repeated: [repeat] = []} = document;
  if (repeat !== undefined) throw wrong(file, `line ${repeat.line}: ${repeat.path} comes twice`);
  if (more.length > 0) throw wrong(file, 'an ignore file is a single document, a list');
  if (!Array.isArray(value))
    throw wrong(file, 'an ignore file is a list: begin with "- rule: ..."');
  return value.map((entry, index) => entryOf(entry, `${file}: [${index}]`));
}

function entryOf(entry: Json, where: string): IgnoreEntry {
  if (!isObject(entry)) throw wrong(where, 'not an object with rule, object and reason');
  const unknown = Object.keys(entry).find(key => !keys.includes(key));
  if (unknown !== undefined) {
    throw wrong(
      where,
      `unknown field ${JSON.stringify(unknown)}: ${nearNames(unknown, keys, 'fields')}`,
    );
  }
  const rule = textAt(entry, 'rule', where);
  const ids = rules.map(({id}) => id);
  if (!ids.includes(rule)) {
    const near = nearNames(rule, ids, 'rules');
    throw wrong(
      where,
      `rule: there is no rule ${JSON.stringify(rule)}: ${near}; see docs/RULES.md`,
    );
  }
  return {
    rule,
    object: textAt(entry, 'object', where),
    reason: textAt(entry, 'reason', where),
    until: entry.until === undefined ? undefined : dayAt(entry, where),
    where,
  };
}

function textAt(entry: JsonObject, key: string, where: string): string {
  const value = entry[key];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw wrong(where, `${key}: ${value === undefined ? 'is missing' : 'is not text'}`);
}

function dayAt({until}: JsonObject, where: string): string {
  const text = typeof until === 'string' ? until.replace(/T00:00:00Z$/, '') : '';
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw wrong(where, `until: ${JSON.stringify(until)} is not a day: write it as 2025-12-31`);
}

function wrong(where: string, what: string): UserError {
  return new UserError(`${where}: ${what}`, exitCodes.unreadable);
}

/** The audit without the findings that entries silence on this day (YYYY-MM-DD). */
export function ignoring(audit: Audit, entries: readonly IgnoreEntry[], today: string): Ignoring {
  const matchers = entries.map(entry => ({entry, matches: matcherOf(entry)}));
  const matched = new Set<IgnoreEntry>();
  const findings: Finding[] = [];
  const ignored: IgnoredFinding[] = [];
  for (const finding of audit.findings) {
    const fitting = matchers.filter(({matches}) => matches(finding)).map(({entry}) => entry);
    for (const entry of fitting) matched.add(entry);
    const entry = fitting.find(({until}) => until === undefined || today <= until);
    if (entry === undefined) findings.push(finding);
    else ignored.push({finding, reason: entry.reason, until: entry.until});
  }
  const notes = entries.flatMap(entry => {
    const {rule, object, until, where} = entry;
    const what = `${where}: ${rule} of ${object}`;
    if (until !== undefined && today > until)
      return [`${what} is no longer ignored: it ended on ${until}`];
    return matched.has(entry) ? [] : [`${what} matches no finding: remove it`];
  });
  return {audit: {...audit, findings, ignored}, notes};
}

function matcherOf({rule, object}: IgnoreEntry): (finding: Finding) => boolean {
  const source = object
    .split(/(\*\*|\*)/)
    .map(part => {
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  const pattern = new RegExp(`^${source}$`, 'su');
  return finding => finding.rule === rule && pattern.test(objectText(finding.object));
}
