import {join} from 'node:path';
import {findBinary, skipLine} from '../../test/support/kubernetes/reference.ts';
import {findProgram} from '../../test/support/run/executables.ts';
import {type ApiServer, startApiServer} from '../../test/support/server/apiServer.ts';
import {clusterOf} from './cluster.ts';
import {loadCluster} from './loader.ts';
import {type Command, missingBuild, ourProgram, timeByTurns, type Usage, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const pods = 5000;
const runs = 5;
const title = `Live: ${pods} pods on a real API server; medians of ${runs} runs by turns`;

/** Why nothing can be measured against a server here; undefined if it can. */
export function missingServer(): string | undefined {
  const missing = (['etcd', 'kube-apiserver'] as const).find(name => !findBinary(name));
  return missingBuild() ?? (missing && skipLine(missing));
}

/** The answers from a cluster, beside the least that a program must do to have its pods. */
export async function liveSection(): Promise<Section> {
  const missing = missingServer();
  if (missing !== undefined) return skipped('live', title, missing);
  const server = await startApiServer();
  try {
    await loadCluster(server, clusterOf(pods));
    const bytes = (await server.request('GET', '/api/v1/pods')).text.length;
    return sectionOf(measure(server), bytes);
  } finally {
    await server.stop();
  }
}

interface Measured {
  readonly advise: Usage;
  readonly why: Usage;
  readonly bare: Usage;
  /** One bare list, not even parsed; undefined without kubectl. */
  readonly kubectl: Usage | undefined;
}

function measure(server: ApiServer): Measured {
  const ours = (name: string): Command => ({
    name: `${name} -A`,
    program: ourProgram,
    args: [name, '-A', '--kubeconfig', server.kubeconfig],
  });
  const bareList: Command = {
    name: 'node: GET pods, JSON.parse',
    program: process.execPath,
    args: [
      join(import.meta.dirname, 'bareList.mjs'),
      `${server.url}/api/v1/pods`,
      server.caFile,
      server.token,
    ],
  };
  const [advise, why, bare, kubectl] = timeByTurns(
    [
      ours('advise'),
      ours('why'),
      bareList,
      ...kubectlCommand(server, 'get', '--raw', '/api/v1/pods'),
    ],
    runs,
  );
  if (!advise || !why || !bare) throw new Error('nothing was measured');
  return {advise, why, bare, kubectl};
}

/** The command with kubectl, its cache beside the server's files; none where there is no kubectl. */
export function kubectlCommand(server: ApiServer, ...args: readonly string[]): readonly Command[] {
  const program = findProgram('kubectl');
  if (program === undefined) return [];
  const own = ['--kubeconfig', server.kubeconfig, '--cache-dir', join(server.dir, 'kubectl')];
  return [{name: `kubectl ${args.join(' ')}`, program, args: [...args, ...own]}];
}

function sectionOf({advise, why, bare, kubectl}: Measured, bytes: number): Section {
  return {
    id: 'live',
    title,
    notes: [
      'Half the time of kube-psp-advisor is about 0.85 times that of one bare list.',
      `The list of pods has ${(bytes / 1e6).toFixed(1)} MB of JSON, without status.`,
      ...(kubectl === undefined ? ['kubectl not found: compared with Node alone'] : []),
    ],
    rows: [
      usageRow(advise, kubectl, {ratio: 0.85}),
      usageRow(advise, bare),
      usageRow(why, kubectl),
      usageRow(why, bare),
    ],
    figures: {pods, bytes, advise, why, bareList: bare, kubectl},
  };
}
