/**
 * What only one command or flag needs, loaded when it is needed. It is one part of the program and not
 * many: each part of its own would cut what it shares with others into small files, which every start
 * has to load.
 */
export {builtinObjects} from '../policy/builtinObjects.ts';
export {sharedAdvice} from '../policy/clusteringAdvice.ts';
export {hardenItems} from '../policy/harden/subjects.ts';
export {builtinJson, builtinNames, builtinYaml} from '../report/builtin.ts';
export * as hardenReport from '../report/harden.ts';
export * as sharingReport from '../report/sharedAdvice.ts';
export {adviseCompare} from './adviseCompare.ts';
export {adviseReuse} from './adviseReuse.ts';
export {runAudit} from './auditRun.ts';
export {runBind, runUnbind} from './bindRun.ts';
export {runCheck} from './checkRun.ts';
export {runCompare} from './compareRun.ts';
export {runDiff} from './diffRun.ts';
export {runSnapshot} from './snapshotRun.ts';
export {runSummary} from './summaryRun.ts';
export {runTry} from './tryRun.ts';
