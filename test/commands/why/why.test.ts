import {describe, expect, test} from 'vitest';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';
import {files, folder, policies, rbac, workloads} from './whyFiles.ts';

describe('why, offline', () => {
  test('the table', async () => {
    const {code, out, err} = await runHere('why', ...files);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatchInlineSnapshot(`
      "NAMESPACE   NAME              SERVICE ACCOUNT   POLICY       VIA                                STATE
      shop        DaemonSet/agent   default           privileged   requester: RoleBinding/daemons     ok
      shop        Deployment/web    default           <none>       <none>                             denied
      shop        filled            default           restricted   sa: ClusterRoleBinding/everybody   ok
      shop        moved             default           restricted   sa: ClusterRoleBinding/everybody   drifted
      shop        plain             default           restricted   sa: ClusterRoleBinding/everybody   mutated
      "
    `);
  });

  test('-o wide adds who requests it, what is changed and the API’s message', async () => {
    const {out} = await runHere('why', ...files, '-o', 'wide', '--no-headers');
    const [agent = '', web = '', , , plainRow = ''] = out.split('\n');
    expect(agent).toContain('system:serviceaccount:kube-system:daemon-set-controller');
    expect(web).toContain('pods "web-" is forbidden: PodSecurityPolicy: unable to admit pod: [');
    expect(plainRow).toContain('/spec/securityContext');
  });

  test('-o json has everything', async () => {
    const items = await itemsHere('why', ...files);
    expect(
      items.map(({kind, name, state, allowed, policy}) => [kind, name, state, allowed, policy]),
    ).toEqual([
      ['DaemonSet', 'agent', 'ok', true, 'privileged'],
      ['Deployment', 'web', 'denied', false, null],
      ['Pod', 'filled', 'ok', true, 'restricted'],
      ['Pod', 'moved', 'drifted', true, 'restricted'],
      ['Pod', 'plain', 'mutated', true, 'restricted'],
    ]);
    const [agent, web, , moved, filledIn] = items;
    expect(agent).toMatchObject({
      namespace: 'shop',
      serviceAccount: 'default',
      message: null,
      changes: [],
      requester: 'system:serviceaccount:kube-system:daemon-set-controller',
      via: [
        {
          right: 'requester',
          binding: {kind: 'RoleBinding', namespace: 'shop', name: 'daemons'},
          role: {kind: 'Role', namespace: 'shop', name: 'use-privileged'},
        },
      ],
    });
    expect(agent?.candidates).toMatchObject([
      {name: 'privileged', authorizedFor: {serviceAccount: false, user: true}, allowed: true},
      {
        name: 'restricted',
        authorizedFor: {serviceAccount: true, user: false},
        allowed: false,
        mutates: true,
        errors: [{type: 'FieldValueInvalid', detail: 'Host network is not allowed to be used'}],
      },
      {name: 'unusable', allowed: false, providerError: expect.any(String)},
    ]);
    expect(web?.message).toMatch(
      /hostPath volumes are not allowed.*Privileged containers are not allowed/,
    );
    expect(moved).toMatchObject({admittedBy: 'privileged', requester: null});
    expect(filledIn?.changes).toEqual([
      {
        op: 'add',
        path: '/spec/containers/0/securityContext',
        value: {allowPrivilegeEscalation: false, runAsNonRoot: true},
      },
      {op: 'add', path: '/spec/securityContext', value: {fsGroup: 1}},
    ]);
  });

  test('-o yaml says the same as -o json', async () => {
    const {out} = await runHere('why', ...files, '-o', 'yaml');
    const {out: json} = await runHere('why', ...files, '-o', 'json');
    const {load} = await import('js-yaml');
    expect(load(out)).toEqual(JSON.parse(json));
  });

  test('one by name: the whole story in plain words, wide with the API’s', async () => {
    const {out} = await runHere('why', 'deploy/web', ...files);
    expect(out).toMatchInlineSnapshot(`
      "Deployment/web in namespace shop: denied

        Service account  default
        Requester        system:serviceaccount:kube-system:replicaset-controller

      Policies that it may use, in the order in which admission tries them:
        restricted: usable by the service account, denies it
            - pod: sets hostNetwork: true; allowed: false (spec.hostNetwork)
            - volume data: is of type hostPath (/data); allowed: secret, emptyDir, projected (spec.volumes[0])
            - container main: sets privileged: true; allowed: false (securityContext.privileged)
      Others: 1 not usable by it (privileged); 1 ignored by admission (unusable) (--all lists them)

      Would be let in by:
        privileged   kubectl psp bind privileged --to sa:shop/default
      Or change the pod template, and restricted admits it:
        - pod: remove hostNetwork: true
        - volume data: remove with all mounts
        - container main: remove privileged: true

      The API server says:
        pods "web-" is forbidden: PodSecurityPolicy: unable to admit pod: [spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used spec.volumes[0]: Invalid value: "hostPath": hostPath volumes are not allowed to be used spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed]
      "
    `);
    const {out: wide} = await runHere('why', 'deployments.apps/web', ...files, '-o', 'wide');
    expect(wide).toContain(
      'spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed',
    );
    expect((await runHere('why', 'plain', ...files)).out).toContain('add /spec/securityContext');
  });

  test.for(['ds/agent', 'daemonset/agent', 'DaemonSets.apps/agent'])('knows %s', async name => {
    expect((await runHere('why', name, ...files)).out).toMatch(
      /^DaemonSet\/agent in namespace shop/,
    );
  });

  test.for([
    ['nothing', /^error: Pod "nothing" not found/],
    ['plai', /did you mean plain\?/],
    ['sts/agent', /^error: StatefulSet "agent" not found.*DaemonSet\/agent/],
    ['constructor/agent', /^error: constructor "agent" not found/],
  ] as const)('%s is not there', async ([name, line]) => {
    const {code, out, err} = await runHere('why', name, ...files);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(line);
    expect(err.split('\n')).toHaveLength(2);
  });

  test('--fail-on-denied is exit code 1 only if something is denied', async () => {
    expect((await runHere('why', ...files)).code).toBe(0);
    expect((await runHere('why', ...files, '--fail-on-denied')).code).toBe(1);
    expect((await runHere('why', 'plain', ...files, '--fail-on-denied')).code).toBe(0);
  });

  test('--assume-authorized opens every policy to all', async () => {
    const items = await itemsHere('why', ...files, '--assume-authorized');
    expect(items.map(({policy}) => policy)).toEqual([
      'privileged',
      'privileged',
      'privileged',
      'privileged',
      'privileged',
    ]);
  });

  test('--requester counts for bare pods only, with groups, and with those of the server', async () => {
    const ask = async (requester: string) =>
      (await itemsHere('why', ...files, '--requester', requester)).map(({policy}) => policy);
    expect(await ask('eve')).toEqual([
      'privileged',
      null,
      'restricted',
      'restricted',
      'restricted',
    ]);
    expect(await ask('eve,ops')).toEqual([
      'privileged',
      null,
      'privileged',
      'privileged',
      'privileged',
    ]);
    const everybody = rbac.replace('name: ops', 'name: system:authenticated');
    const open = ['-f', fileOf(`${policies}---${everybody}---${workloads}`)];
    expect(await itemsHere('why', ...open, '--requester', 'eve')).toMatchObject([
      {policy: 'privileged'},
      {policy: 'privileged'},
      {policy: 'privileged', requester: 'eve'},
      {policy: 'privileged'},
      {policy: 'privileged'},
    ]);
  });

  test('-l, -o name and --no-headers', async () => {
    expect((await runHere('why', ...files, '-o', 'name')).out).toBe(
      'daemonset/agent\ndeployment/web\npod/filled\npod/moved\npod/plain\n',
    );
    const rows = (await runHere('why', ...files, '--no-headers')).out.trimEnd().split('\n');
    expect(rows).toHaveLength(5);
    const none = await runHere('why', ...files, '-l', 'app=none');
    expect(none).toEqual({code: 0, out: '', err: 'No resources found\n'});
  });

  test('files without a policy take the rest from --from', async () => {
    const snapshot = `${folderOf()}/snapshot.json`;
    const all = [...files.filter(arg => arg !== '-f')].flatMap(path => ['--from', path]);
    expect((await runHere('snapshot', snapshot, ...all)).code).toBe(0);
    const manifests = ['-f', `${folder}/workloads`];
    const expected = await runHere('why', ...files, '-o', 'json');
    expect(await runHere('why', ...manifests, '--from', snapshot, '-o', 'json')).toEqual(expected);
    expect(await runHere('why', ...manifests, ...all, '-o', 'json')).toEqual(expected);
    expect(await runHere('why', '--from', snapshot, '-n', 'shop', '-o', 'json')).toEqual(expected);
  });
});
