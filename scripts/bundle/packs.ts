import {basename} from 'node:path';
import type {Metafile} from 'esbuild';

/** What usually runs is loaded through these: the first two at every start, the others one or two at a time. */
const starts: readonly string[] = ['src/main.ts', 'src/cli.ts'];
const parts: readonly string[] = [
  'src/world/client.ts',
  'src/world/terminal.tsx',
  'src/commands/advise/adviseRun.ts',
  'src/commands/who-can/whoCanRun.ts',
  'src/commands/why/whyRun.ts',
  'loaded-rarely:loaded-rarely',
];

/**
 * Which chunks share a file, as lists of their names, each beginning with that of the file: those that the same
 * parts of the program load. esbuild makes a chunk for each way of being shared, 70 of which a short command
 * loads: in ten files instead, `who-can` takes 0.94 times the processor time.
 */
export function packsOf({outputs}: Metafile): readonly (readonly string[])[] {
  const chunks = new Map(Object.entries(outputs).map(([path, chunk]) => [basename(path), chunk]));
  const reachedBy = (source: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const {kind, path} of chunks.get(name)?.imports ?? []) {
        if (kind === 'import-statement' && chunks.has(basename(path))) visit(basename(path));
      }
    };
    const [entry] = [...chunks].find(([, {entryPoint}]) => entryPoint === source) ?? [];
    if (entry === undefined) throw new Error(`${source} is no part that is loaded by itself`);
    visit(entry);
    return reached;
  };
  const [atStart, byPart] = [starts.map(reachedBy), parts.map(reachedBy)];
  const sharing = (name: string): string => {
    const start = atStart.findIndex(reached => reached.has(name));
    if (start >= 0) return `start ${start}`;
    const users = parts.filter((_, index) => byPart[index]?.has(name));
    return users.length > 0 ? users.join(' ') : name;
  };
  // A file has the name of the part that it begins, if there is one.
  const isShared = (name: string): boolean => chunks.get(name)?.entryPoint === undefined;
  const names = [...chunks.keys()].sort();
  const [entries, shared] = [names.filter(name => !isShared(name)), names.filter(isShared)];
  return [...Map.groupBy([...entries, ...shared], sharing).values()];
}
