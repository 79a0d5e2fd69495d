import {startApiServer} from '../../test/support/server/apiServer.ts';
import {clusterOf, withoutOwners} from './cluster.ts';
import {kubectlCommand, missingServer} from './liveSection.ts';
import {loadCluster} from './loader.ts';
import {findPeers, type Goal, ourProgram, timeByTurns, usageRow} from './run.ts';
import {type Section, skipped} from './section.ts';

const podCount = 5000;
const namespaces = 100;
const title = `${podCount.toLocaleString('en-US')} pods that nobody owns, in ${namespaces} namespaces`;

/** What is asked about them, and the goal beside one bare JSON list of the pods. */
const questions: readonly {readonly args: readonly string[]; readonly goal: Goal}[] = [
  {args: ['advise', '-A'], goal: {ratio: 0.8, mib: 110}},
  {args: ['why', '-A'], goal: {ratio: 0.9, mib: 130}},
];

/** Commands about pods that have no template: each is judged by its own spec, which has to be read. */
export async function bareSection(runs: number): Promise<Section> {
  const missing = missingServer();
  if (missing !== undefined) return skipped('bare', title, missing);
  const server = await startApiServer();
  try {
    const perNamespace = podCount / namespaces;
    const cluster = clusterOf(podCount, {policies: 20, accountRoles: false});
    await loadCluster(server, withoutOwners(cluster, perNamespace));
    const own = ['--kubeconfig', server.kubeconfig];
    const [raw] = kubectlCommand(server, 'get', '--raw', '/api/v1/pods');
    const list = raw === undefined ? [] : [{...raw, name: 'one bare JSON list'}];
    const ours = questions.map(({args}) => ({
      name: args.join(' '),
      program: ourProgram,
      args: [...args, ...own],
    }));
    const peers = findPeers([{name: 'kube-psp-advisor', args: ['inspect', ...own]}]);
    const usages = timeByTurns([...ours, ...list, ...peers], runs);
    const bare = list.length > 0 ? usages[ours.length] : undefined;
    return {
      id: 'bare',
      title: `${title}: medians of ${runs} runs by turns`,
      notes: bare === undefined ? ['kubectl not found: compared with nothing'] : [],
      rows: [
        ...questions.flatMap(({goal}, index) => {
          const usage = usages[index];
          return usage ? [usageRow(usage, bare, goal)] : [];
        }),
        ...usages.slice(ours.length + list.length).map(peer => usageRow(peer, bare)),
      ],
      figures: {pods: podCount, usages},
    };
  } finally {
    await server.stop();
  }
}
