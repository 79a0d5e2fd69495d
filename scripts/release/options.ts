import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {packageVersion, root} from '../bundle/bundle.ts';
import {type Platform, platforms} from './platforms.ts';

/** What a release is asked for. */
export interface ReleaseOptions {
  /** Where the archives will lie. */
  readonly baseUrl: string;
  readonly platforms: readonly Platform[];
  /** Whether executables get V8's code caches where they can be made. */
  readonly caches: boolean;
  /** The compression, 1 to 9. */
  readonly level: number;
  readonly folder: string;
}

/** For `--help`. */
export const usage = `usage: npm run release -- [flags]
  --base-url URL   where the archives will lie; default: the tag's release on GitHub
  --only PLATFORM  make this platform only, like linux-amd64; may be repeated
  --out FOLDER     default: out
  --no-caches      without V8's code caches: the same bytes from every build of a commit
  --fast           compress less, for tests
`;

/** Reads the command line; undefined if it asks for help. Throws what is wrong with it. */
export function parseOptions(args: readonly string[]): ReleaseOptions | undefined {
  const {values} = parseArgs({
    args: [...args],
    options: {
      'base-url': {type: 'string'},
      only: {type: 'string', multiple: true},
      out: {type: 'string', default: 'out'},
      'no-caches': {type: 'boolean', default: false},
      fast: {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  });
  if (values.help) return undefined;
  return {
    baseUrl: urlOf(values['base-url'] ?? defaultUrl()),
    platforms: chosen(values.only),
    caches: !values['no-caches'],
    level: values.fast ? 1 : 9,
    folder: resolve(root, values.out),
  };
}

function defaultUrl(): string {
  return `https://github.com/kubectl-psp/kubectl-psp/releases/download/v${packageVersion()}`;
}

function urlOf(text: string): string {
  if (!/^(https?|file):\/\/[^\s#?]+$/.test(text)) {
    throw new Error(`--base-url ${JSON.stringify(text)}: not an http, https or file URL`);
  }
  return text;
}

function chosen(names: readonly string[] | undefined): readonly Platform[] {
  if (names === undefined) return platforms;
  const known = platforms.map(({name}) => name);
  const unknown = names.find(name => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only ${JSON.stringify(unknown)}: the platforms are ${known.join(', ')}`);
  }
  return platforms.filter(({name}) => names.includes(name));
}
