import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Plugin} from 'esbuild';

/**
 * What only one command or flag needs, and loads by `import()`. Each of them in chunks of its own would cut
 * what it shares with others into small files, which every start has to load; so they share one.
 */
const loadedRarely: readonly string[] = [
  'src/advice/sharing/sharedAdvice.ts',
  'src/commands/advise/adviseCompare.ts',
  'src/commands/advise/adviseReuse.ts',
  'src/commands/apply/applyRun.ts',
  'src/commands/audit/auditRun.ts',
  'src/commands/bind/bindRun.ts',
  'src/commands/check/checkRun.ts',
  'src/commands/compare/compareRun.ts',
  'src/commands/delete/deleteRun.ts',
  'src/commands/diff/diffRun.ts',
  'src/commands/get/getRun.ts',
  'src/commands/migrate/migrateApply.ts',
  'src/commands/migrate/migrateBypass.ts',
  'src/commands/migrate/migrateCleanup.ts',
  'src/commands/migrate/migrateLabels.ts',
  'src/commands/migrate/migratePoliciesApply.ts',
  'src/commands/migrate/migrateRun.ts',
  'src/commands/migrate/migrateRunbook.ts',
  'src/commands/migrate/migrateVerify.ts',
  'src/commands/snapshot/snapshotRun.ts',
  'src/commands/summary/summaryRun.ts',
  'src/commands/try/tryRun.ts',
  'src/commands/version/versionRun.ts',
  'src/grant/builtinObjects.ts',
  'src/harden/subjects.ts',
  'src/report/builtin.ts',
  'src/report/harden.ts',
  'src/report/sharedAdvice.ts',
];

const namespace = 'loaded-rarely';

/** Puts the files that are loaded rarely into one part of the program; `root` is the checkout. */
export function laterPlugin(root: string): Plugin {
  const files = loadedRarely.map(file => join(root, file));
  return {
    name: 'later',
    setup(build) {
      build.onResolve({filter: /^\./}, ({kind, path, resolveDir}) =>
        kind === 'dynamic-import' && files.includes(join(resolveDir, path))
          ? {path: namespace, namespace}
          : undefined,
      );
      build.onLoad({filter: /.*/, namespace}, async () => {
        await requireDistinctNames(files);
        const contents = files.map(file => `export * from ${JSON.stringify(file)};`).join('\n');
        return {contents, resolveDir: root, loader: 'js'};
      });
    },
  };
}

/** Of two exports with one name, `export *` gives neither, and says nothing. */
async function requireDistinctNames(files: readonly string[]): Promise<void> {
  const exported = /^export (?:async )?(?:function|const|class) (\w+)/gm;
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')));
  const names = texts.flatMap(text => Array.from(text.matchAll(exported), ([, name]) => name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two files that are loaded rarely export ${twice}`);
}
