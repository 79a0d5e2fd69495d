/**
 * node scripts/release/runPkg.ts JOB: one executable by pkg, JOB being JSON. A process of its own, as pkg
 * looks for Node below the home folder. pkg's command line passes no assets on; the module behind it does.
 */
import {createRequire} from 'node:module';
import {basename} from 'node:path';

/** What pkg is asked for. TMPDIR has to be the folder of the main script. */
export interface Job {
  readonly main: string;
  readonly output: string;
  readonly target: {readonly platform: string; readonly arch: string};
  /** Without a `v`. */
  readonly nodeVersion: string;
  /** Flags that the executable's Node starts with. */
  readonly nodeFlags: readonly string[];
  /** Files by the name of the asset. */
  readonly assets: Readonly<Record<string, string>>;
}

type Sea = (main: string, options: object) => Promise<void>;

const {main, output, target, nodeVersion, nodeFlags, assets} = JSON.parse(
  process.argv[2] ?? '',
) as Job;
const {default: sea} = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js') as {
  readonly default: Sea;
};
await sea(main, {
  targets: [{...target, nodeRange: `node${nodeVersion}`, output}],
  signature: false,
  seaConfig: {
    // Node keeps this path in the executable: without the scratch folder's name it is always the same.
    // pkg runs Node in a folder of its own below TMPDIR, which is where the main script lies.
    main: `../${basename(main)}`,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: nodeFlags,
    execArgvExtension: 'none', // NODE_OPTIONS is for other programs
    assets,
  },
});
