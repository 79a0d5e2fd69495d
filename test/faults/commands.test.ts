import type {Agent} from 'node:https';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {commands, rootCommand} from '../../src/commands/index.ts';
import {type Case, denying, passing, staying, withoutPolicies} from '../support/faults/cases.ts';
import {
  completion,
  mainRows,
  type Row,
  rows,
  runAgainst,
  type Timed,
  tooLongMs,
} from '../support/faults/commands.ts';
import {judge, judgeCompletion} from '../support/faults/judge.ts';
import {clusterObjects} from '../support/faults/objects.ts';
import {agentTo, type Fault, openFaultProxy} from '../support/faults/proxy.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

test('every command that asks a cluster has a row', () => {
  const askNobody = ['compare', 'options', 'policies', 'version'];
  const tried = [...rows, completion].map(({name}) => name);
  const names = [rootCommand, ...commands].map(({name}) => name);
  expect(new Set([...tried, ...askNobody])).toEqual(new Set(names));
});

/** The commands that answer where no server has policies. */
const byLabels: ReadonlySet<string> = new Set(['why', '', 'audit', 'who-can']);

const cases = [...passing, ...staying, ...denying];

/**
 * Where nothing may be skipped, all rows meet each fault; else the main ones do, and of the others,
 * which read in the same ways, each meets every third.
 */
function rowsOf(turn: number | undefined): readonly Row[] {
  const isAll = turn === undefined || isThorough;
  const others = rows.filter(row => !mainRows.includes(row));
  return [
    ...mainRows,
    ...others.filter((_, index) => isAll || (index - turn) % 3 === 0),
    completion,
  ];
}

const faultless: Fault = {strikes: () => false, act() {}};

describe.runIf(hasReference('etcd', 'kube-apiserver')).concurrent('a command', () => {
  let server: ApiServer;
  let agent: Agent;
  const right = new Map<Row, Timed>();
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: []});
    agent = agentTo(server);
    await server.createAll(clusterObjects);
    for (const row of [...rows, completion]) {
      right.set(row, await runAgainst(row, ['--kubeconfig', server.kubeconfig]));
    }
  });
  afterAll(async () => {
    agent?.destroy();
    await server?.stop();
  });

  async function meet({fault, timeout = '30s', proxy: options}: Case, turn?: number) {
    const ran = rowsOf(turn).map(async row => {
      const proxy = await openFaultProxy(server, fault, {...options, agent, isPlain: true});
      const connection = ['--kubeconfig', server.kubeconfig, '--server', proxy.url];
      try {
        const result = await runAgainst(row, [...connection, `--request-timeout=${timeout}`]);
        return {row, result, strikes: proxy.strikes()};
      } finally {
        proxy.close();
      }
    });
    return Promise.all(ran);
  }

  function answerTo(row: Row): Timed {
    const answer = right.get(row);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  test('answers when nothing goes wrong, also page by page', async () => {
    for (const proxy of [{}, {pageSize: 2}]) {
      for (const {row, result} of await meet({
        name: '',
        fault: faultless,
        outcome: 'same',
        proxy,
      })) {
        if (row === completion) judgeCompletion(result, answerTo(row));
        else expect({...result, ms: 0}).toEqual({...answerTo(row), ms: 0});
        expect(answerTo(row).code).toBeLessThan(2);
        expect(answerTo(row).out).toContain(row.says ?? '"apiVersion"');
      }
    }
  });

  test('says that the server has no policies, if it needs them', async () => {
    for (const {row, result, strikes} of await meet(withoutPolicies)) {
      if (row.name === 'snapshot') expect(result.out).toMatch(/"policyApi":\s*"absent"/);
      // The labels of namespaces decide then.
      else if (byLabels.has(row.name)) expect(result, row.name).toMatchObject({code: 0});
      else if (row !== completion && strikes > 0)
        judge(withoutPolicies, row, result, answerTo(row), row.name);
    }
  });

  test.for(cases)('$name', async fault => {
    const met = await meet(fault, cases.indexOf(fault));
    // Where time is short it may be over before the fault strikes.
    expect(met.some(({result, strikes}) => strikes > 0 || result.code > 1)).toBe(true);
    for (const {row, result, strikes} of met) {
      const where = `${row.args.join(' ')} (${strikes}): ${result.err}`;
      expect(result.err, where).not.toMatch(/bug of kubectl psp|^ +at /m);
      expect(result.ms, where).toBeLessThan(tooLongMs);
      if (row === completion) judgeCompletion(result, answerTo(row));
      else if (strikes === 0 && result.code <= 1)
        expect({...result, ms: 0}, where).toEqual({...answerTo(row), ms: 0});
      else judge(fault, row, result, answerTo(row), where);
    }
  });
});
