import {join} from 'node:path';
import type {ApiServer} from '../../../test/support/apiServer.ts';
import {findProgram} from '../../../test/support/executables.ts';
import {kubectlCommand} from '../liveSection.ts';
import {type Command, ourProgram, timeByTurns, usageRow} from '../run.ts';
import {figure, type Row, type Section} from '../section.ts';

/** The kinds that commands read, as kubectl names them. */
const workloads =
  'pods,serviceaccounts,namespaces,deployments,replicasets,statefulsets,daemonsets,replicationcontrollers,jobs,cronjobs';
const rights = 'podsecuritypolicies,roles,rolebindings,clusterroles,clusterrolebindings';

interface Question {
  readonly args: readonly string[];
  /** What kubectl has to list for the same objects. */
  readonly kinds: string;
  readonly goal?: {readonly mib?: number; readonly seconds?: number};
  /** At most so many times one bare JSON list of the pods. */
  readonly bare?: number;
}

function questionsAt(pods: number): readonly Question[] {
  const limits =
    pods < 5000 ? {} : {goal: {mib: pods > 5000 ? 400 : 160}, bare: pods > 5000 ? 1.2 : 0.85};
  return [
    {args: ['advise', '-A'], kinds: workloads, ...limits},
    {args: ['why', '-A'], kinds: `${workloads},${rights}`, ...limits},
    {args: ['who-can', '-A'], kinds: rights, goal: {seconds: 0.5}},
    {args: ['audit', '-A'], kinds: `${workloads},${rights}`},
    {args: ['snapshot'], kinds: `${workloads},${rights}`},
    {args: ['-A', '-o', 'table'], kinds: `${workloads},${rights}`},
  ];
}

/** Each reading command at one size, beside kubectl's listing of the same objects and one bare list. */
export function commandsSection(server: ApiServer, pods: number, runs: number): Section {
  const own = ['--kubeconfig', server.kubeconfig];
  const questions = questionsAt(pods);
  const ours = questions.map(
    ({args}): Command => ({name: args.join(' '), program: ourProgram, args: [...args, ...own]}),
  );
  const listings = [...new Set(questions.map(({kinds}) => kinds))];
  const kubectl = listings.flatMap(kinds =>
    kubectlCommand(server, 'get', kinds, '-A', '-o', 'json', '--chunk-size=0').map(command => ({
      ...command,
      name: 'kubectl get of the same',
    })),
  );
  const [raw] = kubectlCommand(server, 'get', '--raw', '/api/v1/pods');
  const bare = [
    raw === undefined ? bareList(server, 'json') : {...raw, name: 'one bare JSON list'},
    bareList(server, 'protobuf'),
  ];
  const usages = timeByTurns([...bare, ...kubectl, ...ours, ...peers(own)], runs);
  const [json, protobuf] = usages;
  if (json === undefined || protobuf === undefined) throw new Error('nothing was measured');
  const listed = usages.slice(bare.length, bare.length + kubectl.length);
  const answers = usages.slice(bare.length + kubectl.length);
  const rows = questions.flatMap(({kinds, goal, bare}, index): readonly Row[] => {
    const answer = answers[index];
    if (answer === undefined) return [];
    const same = listed[listings.indexOf(kinds)];
    const times = bare === undefined ? {} : {ratio: bare};
    return [usageRow(answer, json, {...goal, ...times}), usageRow(answer, same, {ratio: 1})];
  });
  return {
    id: `live${pods}`,
    title: `${figure(pods)} pods: medians of ${runs} runs by turns`,
    notes: [],
    rows: [
      usageRow({...protobuf, name: 'one bare protobuf list'}, json),
      ...rows,
      ...answers.slice(questions.length).map(peer => usageRow(peer, json)),
    ],
    figures: {pods, json, protobuf, listed, answers},
  };
}

/** One list of the pods, read to its end and thrown away: the least that anybody has to wait for. */
function bareList({url, caFile, token}: ApiServer, format: 'json' | 'protobuf'): Command {
  return {
    name: `one bare ${format === 'json' ? 'JSON' : 'protobuf'} list`,
    program: process.execPath,
    args: [
      join(import.meta.dirname, '../bareBytes.mjs'),
      ...[`${url}/api/v1/pods`, caFile, token],
      format === 'json' ? 'application/json' : 'application/vnd.kubernetes.protobuf',
    ],
  };
}

/** Other programs for the same questions, where they are on PATH. */
function peers(own: readonly string[]): readonly Command[] {
  return [
    {name: 'kube-psp-advisor', args: ['inspect', ...own]},
    {name: 'kubectl-who-can', args: ['use', 'podsecuritypolicies', '-A', ...own]},
  ].flatMap(({name, args}) => {
    const program = findProgram(name);
    return program === undefined ? [] : [{name, program, args}];
  });
}
