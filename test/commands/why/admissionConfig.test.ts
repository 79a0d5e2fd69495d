import {describe, expect, test} from 'vitest';
import {
  barePod,
  deploymentOf,
  hostSpec,
  labelled,
  labelledSnapshot,
  plainSpec,
} from '../../support/builders/labelledCluster.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const objects = [
  labelled('bare'),
  labelled('exempt'),
  labelled('strict', {enforce: 'restricted'}),
  deploymentOf('bare', 'host', hostSpec),
  deploymentOf('bare', 'plain', plainSpec),
  deploymentOf('exempt', 'host', hostSpec),
  deploymentOf('strict', 'sandboxed', {...plainSpec, runtimeClassName: 'gvisor'}),
  barePod('strict', 'debug', plainSpec),
];
const file = await labelledSnapshot(objects);

const plugin = (more: object = {}) => ({
  apiVersion: 'pod-security.admission.config.k8s.io/v1',
  kind: 'PodSecurityConfiguration',
  defaults: {enforce: 'baseline', 'enforce-version': 'v1.30', warn: 'restricted'},
  exemptions: {usernames: ['ci'], namespaces: ['exempt'], runtimeClasses: ['gvisor']},
  ...more,
});
const admission = (...plugins: readonly object[]) => ({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AdmissionConfiguration',
  plugins,
});
const statesWith = async (config: string, ...args: readonly string[]) => {
  const {out, err} = await runHere(
    ...['why', '-A', '--from', file, '--admission-config', config, '-o', 'json', ...args],
  );
  expect(err).toBe('');
  return itemsOf(out).map(({namespace, name, state}) => `${namespace}/${name}: ${state}`);
};

describe('--admission-config', () => {
  const known = [
    'bare/host: denied',
    'bare/plain: warned',
    'exempt/host: ok',
    'strict/sandboxed: ok',
  ];

  test('has the defaults and exemptions of the server', async () => {
    const config = fileOf([admission({name: 'PodSecurity', configuration: plugin()})]);
    expect(await statesWith(config)).toEqual([...known, 'strict/debug: unknown']);
    expect(await statesWith(config, '--requester', 'ci')).toContain('strict/debug: ok');
    expect(await statesWith(config, '--requester', 'jane')).toContain('strict/debug: denied');
  });

  test('takes the configuration of the plugin itself', async () => {
    expect(await statesWith(fileOf([plugin()]))).toEqual(expect.arrayContaining(known));
  });

  test.each([
    ['none', 'none'],
    ['a file without the plugin', fileOf([admission({name: 'EventRateLimit'})])],
  ])('%s: what the server does by itself', async (_, config) => {
    const states = await statesWith(config);
    expect(states).toContain('bare/host: ok');
    expect(states).toContain('strict/debug: denied');
  });

  test('is told by the summary, instead of that nobody knows', async () => {
    const {out} = await runHere('--from', file, '--admission-config', fileOf([plugin()]));
    expect(out).toContain('Defaults   enforce baseline:v1.30, warn restricted:latest, audit');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'exempt: namespaces exempt; users ci; runtime classes gvisor',
    );
    expect(out).not.toContain('not known');
  });

  test.each([
    [admission({name: 'PodSecurity', path: 'ps.yaml'}), /is in "ps\.yaml": give that file/],
    [plugin({defaults: {enforce: 'strict'}}), /defaults\.enforce: "strict" is not a level/],
    [
      plugin({defaults: {'warn-version': '1.3'}}),
      /defaults\.warn-version: "1\.3" is not a version/,
    ],
    [plugin({kind: 'Deployment'}), /no AdmissionConfiguration and no PodSecurityConfiguration/],
  ])('says what is wrong with the file: %#', async (config, says) => {
    const args = ['why', '-A', '--from', file, '--admission-config', fileOf([config])];
    const {code, err} = await runHere(...args);
    expect(code).toBe(3);
    expect(err).toMatch(says);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('has no effect where policies decide, and says so', async () => {
    const {code, err} = await runHere('why', '-A', '--demo', '--admission-config', 'none');
    expect(code).toBe(0);
    expect(err).toBe('--admission-config has no effect: policies decide here\n');
  });
});

test('namespaces in files count with their labels, laid over those of the cluster', async () => {
  const own = fileOf([
    labelled('fresh', {enforce: 'restricted'}),
    barePod('fresh', 'debug', plainSpec),
    labelled('strict', {warn: 'restricted'}),
    barePod('strict', 'debug', plainSpec),
  ]);
  const {out} = await runHere('why', '-A', '--from', file, '-f', own, '-o', 'json');
  expect(itemsOf(out).map(({namespace, state}) => `${namespace}: ${state}`)).toEqual([
    'fresh: denied',
    'strict: denied',
  ]);
});
