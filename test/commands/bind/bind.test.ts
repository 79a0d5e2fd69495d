import {describe, expect, test} from 'vitest';
import {isObject, parseJson} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere, runWith} from '../../support/run/run.ts';
import {account, binding, from, role} from './bindWorld.ts';

/** The kinds and names of printed objects. */
function namesIn(yaml: string): readonly string[] {
  return readDocuments(yaml, 'yaml').map(({value}) => {
    const {kind, metadata} = objectOf(value);
    const {namespace = '*', name} = objectOf(metadata);
    return `${kind} ${namespace}/${name}`;
  });
}

describe('bind', () => {
  test('makes a role and a binding, and shows who gets in by it', async () => {
    const base = from();
    const {code, out, err} = await runHere('bind', 'web', '--to', 'sa:shop/api', ...base);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(
      /^create Role shop\/psp:web: use of web\ncreate RoleBinding shop\/psp:web: Role psp:web for ServiceAccount shop\/api\n\nNAMESPACE +KIND +NAME +BEFORE +AFTER +CHANGE +REASON\nshop +Deployment +api +denied +web +admitted +may now use web\n\nPods and workloads: 1 is no longer denied, 1 stays as it is.\nNothing was changed: .*\/objects.yaml can't be changed.\n$/,
    );
  });

  test('prints what kubectl takes, and the rest beside it', async () => {
    const args = ['psp/web', '--to', 'sa:shop/api', '--to', 'group:devs', '--to', 'ns:ci'];
    const yaml = await runHere('bind', ...args, ...from(), '-o', 'yaml');
    expect(yaml.code).toBe(0);
    expect(namesIn(yaml.out)).toEqual([
      'ClusterRole */psp:web',
      'ClusterRoleBinding */psp:web',
      'Role ci/psp:web',
      'RoleBinding ci/psp:web',
      'Role shop/psp:web',
      'RoleBinding shop/psp:web',
    ]);
    expect(yaml.out).toContain(`
subjects:
- kind: Group
  name: system:serviceaccounts:ci
  apiGroup: rbac.authorization.k8s.io
`);
    expect(yaml.err).toContain('create Role ci/psp:web');
    const json = await runHere('bind', ...args, ...from(), '-o', 'json');
    const {kind, items = []} = objectOf(parseJson(json.out));
    expect(kind).toBe('List');
    expect((Array.isArray(items) ? items : []).filter(isObject)).toEqual(
      readDocuments(yaml.out, 'yaml').map(({value}) => value),
    );
  });

  test('what it prints is the change that it shows: laid over, it has the same effect', async () => {
    const base = from();
    const bound = await runHere('bind', 'wide', '--to', 'ns:shop', ...base, '-o', 'yaml');
    const tried = await runHere('try', ...base, '-A', '-f', fileOf(bound.out));
    expect(tried).toMatchObject({code: 0, err: ''});
    const table = (text: string) => text.split('\n').filter(line => /^shop|^Pods/.test(line));
    expect(table(tried.out)).toEqual(table(bound.err));
    expect(table(tried.out)).toHaveLength(3);
  });

  test('uses a role that fits, adds to a binding of it, and says what already exists', async () => {
    const base = from(
      role('psp:web', undefined),
      binding('psp:web', 'shop', [account('api')], {kind: 'ClusterRole'}),
    );
    const args = ['--to', 'sa:shop/api', '--to', 'sa:shop/agent'];
    const {code, out} = await runHere('bind', 'web', ...args, ...base);
    expect(code).toBe(0);
    expect(out).toMatch(/^update RoleBinding shop\/psp:web: \+ ServiceAccount shop\/agent\n/);
    expect(out).toContain('note: ServiceAccount shop/api is already in RoleBinding shop/psp:web\n');
    const again = await runHere('bind', 'web', '--to', 'sa:shop/api', ...base);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^Nothing to do\.\n/);
    const elsewhere = from(role('w', undefined), binding('w', undefined, [account('api')]));
    const too = await runHere('bind', 'web', '--to', 'sa:shop/api', ...elsewhere);
    expect(too.out).toContain(
      'note: ServiceAccount shop/api may also use web through ClusterRoleBinding w -> ClusterRole w',
    );
  });

  test('tells whom a grant reaches besides the subject, and who is not there', async () => {
    const {out} = await runHere(
      'bind',
      'wide',
      '--to',
      'group:system:serviceaccounts',
      '--to',
      'sa:shop/apj',
      ...from(),
    );
    expect(out).toContain('note: opens the policy to every workload of the cluster: ');
    expect(out).toContain('note: there is no ServiceAccount shop/apj: did you mean "api"?');
  });

  test.each([
    [
      [role('psp:web', 'shop', {resourceNames: ['web', 'wide']})],
      'error: Role shop/psp:web already exists and grants something other than the use of web: choose another name with --role',
    ],
    [
      [binding('psp:web', 'shop', [account('api')], {to: 'other'})],
      "error: RoleBinding shop/psp:web already exists and refers to Role other, which can't be changed: choose another name with --role",
    ],
  ])('a name that is taken is said, and another one may be chosen', async (taken, message) => {
    const args = ['bind', 'web', '--to', 'sa:shop/api', ...from(...taken)];
    expect(await runHere(...args)).toEqual({code: 4, out: '', err: `${message}\n`});
    const other = await runHere(...args, '--role', 'mine');
    expect(other.code).toBe(0);
    expect(other.out).toMatch(/^create Role shop\/mine: .*\ncreate RoleBinding shop\/mine: /);
  });
});

describe.each(['bind', 'unbind'])('%s refuses', verb => {
  test.each([
    [
      [],
      2,
      `error: ${verb} takes one POLICY, got none: kubectl psp ${verb} POLICY --to sa:NS/NAME`,
    ],
    [
      ['web', 'wide', '--to', 'sa:a/b'],
      2,
      `error: ${verb} takes one POLICY, got web wide: kubectl psp ${verb} POLICY --to sa:NS/NAME`,
    ],
    [['web'], 2, `error: ${verb}: --to is missing: sa:NS/NAME, ns:NS, group:NAME or user:NAME`],
    [
      ['web', '--to', 'sa:api'],
      2,
      'error: sa:api: of which namespace? Write sa:NS/api, or give -n',
    ],
    [
      ['web', '--to', 'api'],
      2,
      'error: --to: "api" is not sa:NS/NAME, user:NAME, group:NAME or ns:NS',
    ],
    [['wob', '--to', 'ns:shop'], 3, /^error: policy "wob" not found in .*: did you mean "web"\?$/],
    [
      ['web', '--to', 'ns:shop', '--dry-run', 'maybe'],
      2,
      'error: --dry-run: "maybe" is not one of none, client, server',
    ],
  ] as const)('%j', async (args, code, message) => {
    const ran = await runWith({answers: ['y']}, verb, ...args, ...from());
    expect(ran).toMatchObject({code, out: ''});
    expect(ran.err.trimEnd()).toMatch(message);
  });
});
