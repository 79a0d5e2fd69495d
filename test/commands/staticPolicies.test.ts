import {describe, expect, test} from 'vitest';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {grant, psp} from '../support/builders/audits.ts';
import {
  deploymentOf,
  labelled,
  labelledSnapshot,
  plainSpec,
} from '../support/builders/labelledCluster.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';

const strict = psp('strict', {readOnlyRootFilesystem: true});
const made = nativeObjects([decodePolicy(strict)], {...fullOptions, static: true}).objects;
const file = fileOf([{apiVersion: 'v1', kind: 'List', items: made}]);
const cluster = (serverVersion = 'v1.37.2') =>
  labelledSnapshot(
    [
      labelled('shop', {enforce: 'privileged'}),
      deploymentOf('shop', 'web', plainSpec),
      ...grant('strict', 'group:system:serviceaccounts'),
    ],
    {serverVersion},
  );

describe('policies in files of the server', () => {
  test('are judged by once somebody names them', async () => {
    const from = ['--from', await cluster()];
    const states = async (...args: readonly string[]) => {
      const {code, out, err} = await runHere('why', '-A', '-o', 'json', ...from, ...args);
      expect([code, err]).toEqual([0, '']);
      return itemsOf(out).map(({state, policy}) => [state, policy ?? null]);
    };
    expect(await states()).toEqual([['ok', null]]);
    expect(await states('--static-policies', file)).toEqual([['mutated', 'strict']]);
    const listed = await runHere('get', '-o', 'name', ...from, '--static-policies', file);
    expect(listed.out).toContain('/strict\n');
    const audit = await runHere('audit', '-o', 'json', ...from, '--static-policies', file);
    const rules = itemsOf(audit.out).map(({rule}) => rule);
    expect(rules.filter(rule => /admission/.test(String(rule)))).toEqual([]);
  });

  test('may be there unseen, from the version on that reads them', async () => {
    const said = async (version: string) => {
      const from = ['--from', await cluster(version)];
      const [check, summary, get] = [
        await runHere('check', ...from, '-o', 'json'),
        await runHere(...from, '-o', 'table'),
        await runHere('get', ...from),
      ];
      const {notes} = JSON.parse(check.out);
      expect(get.code).not.toBe(0);
      return [notes.join(), summary.out, get.err].map(text => text.includes('--static-policies'));
    };
    expect(await said('v1.37.2')).toEqual([true, true, true]);
    expect(await said('v1.36.3')).toEqual([false, false, false]);
  });

  test.each([
    [
      'other files',
      async () => [fileOf([strict]), await cluster()],
      'no ValidatingAdmissionPolicy',
    ],
    [
      'a cluster with policies',
      async () => [file, fileOf([strict])],
      'PodSecurityPolicies of its own',
    ],
  ])('are refused: %s', async (_, paths, says) => {
    const [given = '', from = ''] = await paths();
    const {code, err} = await runHere('why', '-A', '--from', from, '--static-policies', given);
    expect(code).toBe(3);
    expect(err).toContain(says);
  });
});

test('check lists what a later server does otherwise than v1.24', async () => {
  const differences = async (version: string, ...args: readonly string[]) => {
    const {out} = await runHere('check', '--from', await cluster(version), '-o', 'json', ...args);
    return (JSON.parse(out) as {differences: readonly string[]}).differences;
  };
  const about = (list: readonly string[]) =>
    ['AppArmor', 'seccomp', 'restartPolicy', 'procMount', 'system:masters'].map(word =>
      list.some(line => line.includes(word)),
    );
  expect(about(await differences('v1.37.2'))).toEqual([true, true, true, true, false]);
  expect(about(await differences('v1.28.2'))).toEqual([false, true, false, false, false]);
  expect(about(await differences('v1.37.2', '--static-policies', file))).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  const {out} = await runHere('check', '--demo', '-o', 'json');
  expect(JSON.parse(out).differences).toEqual([]);
});
