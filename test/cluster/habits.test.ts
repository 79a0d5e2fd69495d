import {spawn} from 'node:child_process';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {picked, pickFormatOf} from '../../src/report/template/templated.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {builtProgram, runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {until} from '../support/server/following.ts';
import {account, bindingOf, deployment, roleOf, use} from './bindObjects.ts';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('kubectl’s habits, on a cluster', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: []});
    await server.createAll([
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
      account('default'),
      account('api'),
      policyObject('web', {volumes: ['*']}),
      roleOf('psp:web', use('web')),
      bindingOf('psp:web', [{kind: 'ServiceAccount', namespace: 'shop', name: 'api'}]),
      deployment('api'),
      podOn('one', 'n1', 'api'),
      podOn('two', 'n2', 'default'),
      podOn('three', 'n1', 'default'),
    ]);
    const path = '/api/v1/namespaces/shop/pods/one/status';
    const contentType = 'application/merge-patch+json';
    await server.request('PATCH', path, {status: {phase: 'Running'}}, {contentType});
  }, 120_000);
  afterAll(() => server?.stop());

  const run = (...args: readonly string[]) => runHere(...args, '--kubeconfig', server.kubeconfig);

  test.for([
    'spec.nodeName=n1',
    'spec.nodeName!=n1',
    'spec.nodeName==n1,status.phase!=Running',
    'status.phase=Running',
    'spec.serviceAccountName=default',
    'spec.serviceAccountName!=default,spec.nodeName=n1',
    'metadata.name=two',
    'metadata.name!=two,metadata.namespace=shop',
    'metadata.namespace=other',
  ])('--field-selector %s takes the pods that kubectl takes', async selector => {
    const flags = ['-A', '--field-selector', selector, '-o', 'name'];
    const {out} = await kubectlOn(server, ['get', 'pods', ...flags]);
    const mine = await run('why', 'pods', ...flags);
    expect(mine.code, mine.err).toBe(0);
    expect(mine.out.trim().split('\n').sort()).toEqual(out.trim().split('\n').sort());
  });

  test('fields that deployments have not are refused, as by the server', async () => {
    const flags = ['deploy', '-n', 'shop', '--field-selector', 'spec.nodeName=n1'];
    expect((await kubectlOn(server, ['get', ...flags])).code).not.toBe(0);
    const {code, err} = await run('why', ...flags);
    expect(code).toBe(2);
    expect(err).toBe(
      'error: --field-selector: spec.nodeName is a field of pods: leave out deploy\n',
    );
  });

  test.for([
    'jsonpath={.items[*].metadata.name}',
    'jsonpath={.items[-1].metadata.name} {.items[0:3:2].spec.nodeName}',
    'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{@.spec.nodeName}{"\\n"}{end}',
    'jsonpath={range .items[*]}{range .spec.containers[*]}{.name};{end}{"\\n"}{end}',
    'jsonpath={.items[?(@.spec.nodeName=="n1")].metadata.name}',
    "jsonpath={.items[?(@.spec.nodeName!='n1')].metadata.name}",
    'jsonpath={.items[?(@.status.phase)].metadata.name}',
    'jsonpath={.items[?(@.spec.terminationGracePeriodSeconds>=30)].metadata.name}',
    'jsonpath={..nodeName}{.nope}',
    "jsonpath=x{.kind}y{.items[0].metadata['name','namespace']}",
    'jsonpath={.items[0].spec.containers[0]}',
    'jsonpath={.items[0].spec.enableServiceLinks}{1}{"a"}',
    'custom-columns=NAME:.metadata.name,NODE:.spec.nodeName,PHASE:.status.nope',
    'custom-columns=A:metadata.name,B:{.spec.containers[*].name}',
  ])('-o %s prints what kubectl prints', async output => {
    const {out: json} = await kubectlOn(server, ['get', 'pods', '-n', 'shop', '-o', 'json']);
    const {out} = await kubectlOn(server, ['get', 'pods', '-n', 'shop', '-o', output]);
    const format = pickFormatOf(output);
    expect(out).not.toBe('');
    // kubectl pads the last column, too.
    expect(format && picked(format, json, true)).toBe(out.replaceAll(/ +$/gm, ''));
  });

  test('kinds and names are those of kubectl', async () => {
    for (const args of [
      ['deploy', 'api'],
      ['deployments.apps', 'api'],
      ['deploy/api', 'po/one'],
      ['pods', 'one', 'two'],
      ['po,deploy'],
    ]) {
      const flags = ['-n', 'shop', '-o', 'name'];
      const {out} = await kubectlOn(server, ['get', ...args, ...flags]);
      const mine = await run('why', ...args, ...flags);
      const names = out.trim().replaceAll('deployment.apps/', 'deployment/').split('\n');
      expect(mine.out.trim().split('\n').sort()).toEqual(names.sort());
    }
  });

  test('why -w prints what changes, and the summary -w itself again', async () => {
    const why = watch('why', 'pods', '-n', 'shop', '-w');
    const summary = watch('-w');
    await until(
      () => [why.out(), summary.out()],
      texts => texts.every(text => text.includes('shop')) && why.out().includes('two '),
    );
    const before = [why.out(), summary.out()];
    await server.createAll([podOn('late', 'n1', 'default')]);
    await until(
      () => [why.out(), summary.out()],
      texts => texts.every((text, index) => text !== before[index]),
    );
    const row = why.out().slice(before[0]?.length);
    expect(row).toMatch(/^shop +late +default +/);
    const [header = ''] = why.out().split('\n');
    expect(row.indexOf('default')).toBe(header.indexOf('SERVICE ACCOUNT'));
    const again = () => summary.out().slice(before[1]?.length);
    await until(again, text => text.includes('NAMESPACE'));
    await server.request('DELETE', '/api/v1/namespaces/shop/pods/late?gracePeriodSeconds=0');
    await until(why.err, text => text.includes('gone: shop/Pod/late\n'));
  });

  test.for(['SIGINT', 'SIGTERM'] as const)('-w ends with %s', async signal => {
    const why = watch('why', '-n', 'shop', '-w');
    await until(why.out, text => text.includes('shop'));
    why.child.kill(signal);
    expect(await why.ended).toBe(signal === 'SIGINT' ? 130 : 143);
  });

  function watch(...args: readonly string[]) {
    const child = spawn(builtProgram, [...args, '--kubeconfig', server.kubeconfig], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', data => {
      out += data;
    });
    child.stderr.on('data', data => {
      err += data;
    });
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    return {child, out: () => out, err: () => err, ended};
  }
});

function podOn(name: string, nodeName: string, serviceAccountName: string) {
  return podObject({name, namespace: 'shop'}, {nodeName, serviceAccountName});
}
