/**
 * node scripts/release/runPkg.ts JOB: one executable by pkg, JOB being JSON. A process of its own, as pkg
 * looks for Node below the home folder. pkg's command line passes no assets on; the module behind it does.
 */
import {createRequire} from 'node:module';

/** What pkg is asked for. */
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
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: nodeFlags,
    execArgvExtension: 'none', // NODE_OPTIONS is for other programs
    assets,
  },
});
