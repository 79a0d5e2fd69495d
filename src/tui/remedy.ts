import type {Finding} from '../audit/finding.ts';

/** One grant to give or to take away. */
export interface GrantRemedy {
  readonly verb: 'bind' | 'unbind';
  readonly policy: string;
  /** The subjects, as `--to` takes them. */
  readonly to: readonly string[];
  readonly namespace: string | undefined;
}

/** What the session does about a finding: the step that its remedy names. */
export type Remedy =
  | {readonly do: 'grants'; readonly grants: readonly GrantRemedy[]}
  | {readonly do: 'delete' | 'edit' | 'who-can'; readonly policy: string}
  | {
      readonly do: 'remove';
      readonly kind: string;
      readonly name: string;
      readonly namespace: string | undefined;
    }
  | {readonly do: 'advise'; readonly namespace: string | undefined}
  | {readonly do: 'why'};

/** In a few words, for the line of keys; undefined where the session can't do it. */
export function remedyWords(remedy: Remedy | undefined): string | undefined {
  switch (remedy?.do) {
    case undefined:
      return undefined;
    case 'grants':
      return remedy.grants.map(grantWords).join(', then ');
    case 'delete':
      return `delete ${remedy.policy}`;
    case 'edit':
      return `edit ${remedy.policy}`;
    case 'who-can':
      return `see who may use ${remedy.policy}`;
    case 'remove':
      return `delete ${remedy.kind}/${remedy.name}`;
    case 'advise':
      return 'see least policies';
    case 'why':
      return 'see why';
  }
}

function grantWords({verb, policy, to}: GrantRemedy): string {
  return `${verb} ${policy} ${verb === 'bind' ? 'to' : 'from'} ${to.join(', ')}`;
}

/** The step of a finding's remedy, if the session has one for all of it. */
export function remedyOf(finding: Finding): Remedy | undefined {
  const remedies = finding.remedy.split(' && ').map(line => remedyFor(line, finding));
  const [first, ...others] = remedies;
  if (others.length === 0) return first;
  const grants = remedies.flatMap(each => (each?.do === 'grants' ? each.grants : []));
  return grants.length === remedies.length ? {do: 'grants', grants} : undefined;
}

/** The step of one command line. */
function remedyFor(line: string, {object}: Finding): Remedy | undefined {
  const [program = '', ...words] = wordsOf(line);
  if (program !== 'kubectl') return undefined;
  const {flags, names} = partsOf(words);
  const namespace = flags.get('-n')?.[0];
  const [verb = '', ...rest] = names;
  if (verb === 'psp') return pspRemedy(rest, flags);
  const [kind = '', name = ''] = rest[0]?.split('/') ?? [];
  if (name === '') return undefined;
  if (verb === 'edit' || verb === 'patch') {
    return kind === 'podsecuritypolicy' ? {do: 'edit', policy: name} : undefined;
  }
  const isGrant = /^(cluster)?role(binding)?$/.test(kind);
  return verb === 'delete' && isGrant
    ? {do: 'remove', kind: object.kind, name, namespace}
    : undefined;
}

function pspRemedy(
  [command = '', ...args]: readonly string[],
  flags: ReadonlyMap<string, readonly string[]>,
): Remedy | undefined {
  const namespace = flags.get('-n')?.[0];
  const [policy = ''] = args;
  switch (command) {
    case 'bind':
    case 'unbind': {
      const to = flags.get('--to') ?? [];
      if (to.length === 0) return undefined;
      return {do: 'grants', grants: [{verb: command, policy, to, namespace}]};
    }
    case 'delete':
      return {do: 'delete', policy};
    case 'who-can':
      return args[1] === undefined ? undefined : {do: 'who-can', policy: args[1]};
    case 'advise': {
      const compared = flags.get('--compare')?.[0];
      return compared === undefined ? {do: 'advise', namespace} : {do: 'edit', policy: compared};
    }
    case 'why':
      return {do: 'why'};
    default:
      return undefined;
  }
}

/** The words of a command line as a shell has them; our own quotes are single ones. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? [];
  return words.map(word => word.replaceAll(/'([^']*)'|\\(')/g, '$1$2'));
}

function partsOf(words: readonly string[]): {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly names: readonly string[];
} {
  const flags = new Map<string, string[]>();
  const add = (flag: string, value: string) => flags.set(flag, [...(flags.get(flag) ?? []), value]);
  const names: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, flag, value] = /^(--?[\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (flag === undefined) names.push(word);
    else if (value !== undefined) add(flag, value);
    else if (['-n', '--to', '--compare'].includes(flag)) add(flag, words[++at] ?? '');
  }
  return {flags, names};
}
