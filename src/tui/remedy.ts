import type {Finding} from '../audit/finding.ts';

/** What the session does about a finding: the step that its remedy names. */
export type Remedy =
  | {
      readonly do: 'bind' | 'unbind';
      readonly policy: string;
      readonly to: string;
      readonly namespace: string | undefined;
    }
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
    case 'bind':
      return `bind ${remedy.policy} to ${remedy.to}`;
    case 'unbind':
      return `unbind ${remedy.policy} from ${remedy.to}`;
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

/** The step of a finding's remedy, if the session has one for it. */
export function remedyOf({remedy, object}: Finding): Remedy | undefined {
  const [program = '', ...words] = wordsOf(remedy);
  if (program !== 'kubectl') return undefined;
  const {flags, names} = partsOf(words);
  const namespace = flags.get('-n');
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
  flags: ReadonlyMap<string, string>,
): Remedy | undefined {
  const namespace = flags.get('-n');
  const [policy = ''] = args;
  switch (command) {
    case 'bind':
    case 'unbind': {
      const to = flags.get('--to');
      return to === undefined ? undefined : {do: command, policy, to, namespace};
    }
    case 'delete':
      return {do: 'delete', policy};
    case 'who-can':
      return args[1] === undefined ? undefined : {do: 'who-can', policy: args[1]};
    case 'advise': {
      const compared = flags.get('--compare');
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
  readonly flags: ReadonlyMap<string, string>;
  readonly names: readonly string[];
} {
  const flags = new Map<string, string>();
  const names: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, flag, value] = /^(--?[\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (flag === undefined) names.push(word);
    else if (value !== undefined) flags.set(flag, value);
    else if (['-n', '--to', '--compare'].includes(flag)) flags.set(flag, words[++at] ?? '');
  }
  return {flags, names};
}
