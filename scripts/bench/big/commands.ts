import {join} from 'node:path';
import type {ApiServer} from '../../../test/support/server/apiServer.ts';
import {kubectlCommand} from '../liveSection.ts';
import {withPackaged} from '../packaged.ts';
import {type Command, findPeers, ourProgram, timeGroups, type Usage, usageRow} from '../run.ts';
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
  /** At most so many times another of these commands. */
  readonly of?: {readonly command: string; readonly ratio: number};
}

function questionsAt(pods: number): readonly Question[] {
  const limits =
    pods < 5000 ? {} : {goal: {mib: pods > 5000 ? 400 : 160}, bare: pods > 5000 ? 1.2 : 0.85};
  return [
    {args: ['advise', '-A'], kinds: workloads, ...limits, ...(pods === 5000 ? {bare: 0.6} : {})},
    {args: ['why', '-A'], kinds: `${workloads},${rights}`, ...limits},
    {args: ['who-can', '-A'], kinds: rights, goal: {seconds: 0.3}},
    {args: ['audit', '-A'], kinds: `${workloads},${rights}`},
    {
      args: ['migrate', '-A'],
      kinds: `${workloads},${rights}`,
      of: {command: 'audit -A', ratio: 1.2},
    },
    {
      args: ['snapshot'],
      kinds: `${workloads},${rights}`,
      ...(pods > 5000 ? {goal: {mib: 200}, bare: 1} : {}),
    },
    {args: ['-A', '-o', 'table'], kinds: `${workloads},${rights}`},
  ];
}

/** In the time of kubectl's listings there is room for so many runs of a quick command. */
const times = 3;

/** Each reading command at one size, beside kubectl's listing of the same objects and one bare list. */
export function commandsSection(server: ApiServer, pods: number, rounds: number): Section {
  return withPackaged(packaged => measure(server, pods, rounds, packaged));
}

function measure(
  server: ApiServer,
  pods: number,
  rounds: number,
  packaged: string | undefined,
): Section {
  const own = ['--kubeconfig', server.kubeconfig];
  const questions = questionsAt(pods);
  const limited = questions.filter(({bare}) => bare !== undefined);
  const listings = [...new Set(questions.map(({kinds}) => kinds))];
  const {bare, listed, answers, released, others} = timeGroups(
    {
      bare: bareLists(server),
      listed: listings.flatMap(kinds => listing(server, kinds)),
      answers: questions.map(question => commandOf(ourProgram, question, own)),
      released: packaged ? limited.map(question => commandOf(packaged, question, own)) : [],
      others: findPeers([{name: 'kube-psp-advisor', args: ['inspect', ...own]}]),
    },
    rounds,
  );
  const [json, protobuf] = bare;
  if (json === undefined || protobuf === undefined) throw new Error('nothing was measured');
  const besideBare = (answer: Usage, {goal, bare: ratio}: Question) =>
    usageRow(answer, json, {...goal, ...(ratio === undefined ? {} : {ratio})});
  return {
    id: `live${pods}`,
    title: `${figure(pods)} pods: medians of ${json.runs} runs, ${rounds} of kubectl's listings, in changing order`,
    notes: [],
    rows: [
      usageRow({...protobuf, name: 'one bare protobuf list'}, json),
      ...answers.flatMap((answer, index): readonly Row[] => {
        const question = questions[index];
        if (question === undefined) return [];
        const same = listed[listings.indexOf(question.kinds)];
        const other = answers.find(({name}) => name === question.of?.command);
        return [
          besideBare(answer, question),
          usageRow(answer, same, {ratio: 1}),
          ...(question.of && other ? [usageRow(answer, other, {ratio: question.of.ratio})] : []),
        ];
      }),
      ...released.flatMap((answer, index) => {
        const question = limited[index];
        if (question === undefined) return [];
        return [besideBare({...answer, name: `${answer.name}, packaged`}, question)];
      }),
      ...others.map(peer => usageRow(peer, json)),
    ],
    figures: {pods, json, protobuf, listed, answers, released, others},
  };
}

function commandOf(program: string, {args}: Question, own: readonly string[]): Command {
  return {name: args.join(' '), program, args: [...args, ...own], times};
}

function listing(server: ApiServer, kinds: string): readonly Command[] {
  const commands = kubectlCommand(server, 'get', kinds, '-A', '-o', 'json', '--chunk-size=0');
  return commands.map(command => ({...command, name: 'kubectl get of the same'}));
}

function bareLists(server: ApiServer): readonly Command[] {
  const [raw] = kubectlCommand(server, 'get', '--raw', '/api/v1/pods');
  const json = raw ? {...raw, name: 'one bare JSON list'} : bareList(server, 'json');
  return [json, bareList(server, 'protobuf')].map(command => ({...command, times}));
}

/** One list of the pods, read to its end and thrown away: the least that anybody has to wait for. */
function bareList({url, caFile, token}: ApiServer, format: 'json' | 'protobuf'): Command {
  return {
    name: `one bare ${format === 'json' ? 'JSON' : 'protobuf'} list`,
    program: process.execPath,
    args: [
      join(import.meta.dirname, '../bareBytes.mjs'),
      `${url}/api/v1/pods`,
      caFile,
      token,
      format === 'json' ? 'application/json' : 'application/vnd.kubernetes.protobuf',
    ],
  };
}
