import {expect, test} from 'vitest';
import {binding, role} from '../../support/builders/audits.ts';
import {labelled, labelledSnapshot} from '../../support/builders/labelledCluster.ts';
import {runHere} from '../../support/run/run.ts';

const file = await labelledSnapshot([
  labelled('shop', {enforce: 'baseline'}),
  labelled('data'),
  role('relabeler', {apiGroups: [''], resources: ['namespaces'], verbs: ['patch']}),
  binding('devs', 'relabeler', ['group:devs']),
  binding('ops', 'relabeler', ['user:olga'], true),
]);
const whoCan = (...args: readonly string[]) => runHere('who-can', '--from', file, ...args);

test('where there are no policies, who-can names who may change what decides', async () => {
  const {code, out, err} = await whoCan('-A');
  expect(code).toBe(0);
  expect(err).toBe(
    'note: the server (v1.37.2) has no policies to use; the labels of namespaces decide, and these may change them\n',
  );
  expect(out).toBe(`SUBJECT      NAMESPACES   VIA
User olga    all          ClusterRoleBinding/ops -> ClusterRole/relabeler
Group devs   shop         RoleBinding/devs -> ClusterRole/relabeler
`);
});

test('of one namespace, or one subject', async () => {
  expect((await whoCan('-n', 'data')).out).not.toContain('devs');
  const {out} = await whoCan('-A', '--subject', 'group:devs');
  expect(out).not.toContain('olga');
  expect((await whoCan('-A', '--subject', 'user:jane')).err).toContain(
    'Nobody but system:masters.',
  );
});

test('for machines', async () => {
  const {items, relabelers} = JSON.parse((await whoCan('-n', 'data', '-o', 'json')).out);
  expect(items).toEqual([]);
  expect(relabelers).toEqual([
    {
      subject: {kind: 'User', name: 'olga'},
      namespaces: null,
      via: {
        binding: {kind: 'ClusterRoleBinding', name: 'ops'},
        role: {kind: 'ClusterRole', name: 'relabeler'},
      },
    },
  ]);
});

test('a policy that is named is an error: there is none', async () => {
  const {code, err} = await whoCan('privileged');
  expect(code).toBe(3);
  expect(err).toContain('has no PodSecurityPolicy');
});
