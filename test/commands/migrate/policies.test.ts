import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {type JsonObject, printJson} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere, runWith} from '../../support/run/run.ts';

const policies = (...args: readonly string[]) => runHere('migrate', 'policies', ...args);
const kindsIn = (out: string) =>
  readDocuments(out, 'yaml').map(({value}) => String(objectOf(value).kind));

describe('migrate policies', () => {
  test('prints the four objects, and loses nothing of the demo', async () => {
    const {code, out, err} = await policies('--demo');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(kindsIn(out)).toEqual([
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    expect(await policies('--demo', '--to', 'kubernetes')).toEqual({code, out, err});
  });

  test('is a list for kubectl as JSON', async () => {
    const {code, out} = await policies('--demo', '-o', 'json');
    const {kind, items} = JSON.parse(out);
    expect([code, kind, items.length]).toEqual([0, 'List', 4]);
  });

  test('says what is lost where nothing writes defaults', async () => {
    const {code, out, err} = await policies('--demo', '--mode', 'validate', '--server', 'v1.30');
    expect([code, kindsIn(out)[0]]).toEqual([1, 'ValidatingAdmissionPolicy']);
    expect(err).toContain('lost: data: It writes fsGroup into pods that leave that out');
  });

  test('names the gate that v1.35 needs', async () => {
    const {code, out, err} = await policies('--demo', '--server', '1.35');
    expect([code, out.includes('admissionregistration.k8s.io/v1beta1')]).toEqual([0, true]);
    expect(err).toMatch(/^v1\.35 has MutatingAdmissionPolicy only with --feature-gates=Mutating/m);
  });

  test('reads policies from files, with -f and with --from', async () => {
    const file = fileOf(printJson(policyObject('mine')), 'policy.json');
    for (const flag of ['-f', '--from']) {
      const {code, out} = await policies(flag, file);
      expect([code, out.includes("// policy 'mine'")]).toEqual([0, true]);
    }
  });

  test('asks in the old group only where a role needs it', async () => {
    const file = (apiGroups: readonly string[]) =>
      fileOf([
        policyObject('mine'),
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: {name: 'use-mine'},
          rules: [
            {
              apiGroups,
              resources: ['podsecuritypolicies'],
              verbs: ['use'],
              resourceNames: ['mine'],
            },
          ],
        },
      ]);
    const asked = async (groups: readonly string[]) =>
      (await policies('-f', file(groups))).out.includes("group('extensions')");
    expect([
      await asked(['policy']),
      await asked(['extensions']),
      await asked(['policy', 'extensions']),
    ]).toEqual([false, true, false]);
  });

  test.each([
    [
      ['--server', 'v1.33'],
      /^error: --mode full needs v1\.36, or v1\.34 with its feature gate: v1\.33/,
    ],
    [
      ['--server', 'v1.29', '--mode', 'validate'],
      /^error: --server: "v1\.29": v1\.30 to v1\.37 can/,
    ],
    [['--to', 'v1.26', '--mode', 'audit'], /^error: --to: "v1\.26": v1\.30 to v1\.37 can/],
    [['--to', 'nowhere'], /^error: --to: "nowhere"/],
    [['--static', 'x', '-o', 'json'], /^error: --static writes files: leave -o out/],
    [
      ['--static', 'x', '--server', 'v1.36'],
      /^error: --static needs v1\.37: v1\.36 reads no policies/,
    ],
    [['--mode', 'half'], /^error: --mode: "half" is not one of full, validate, audit/],
    [['-n', 'shop'], /^error: migrate policies is about the whole cluster/],
    [['-o', 'table'], /^error: -o: "table" is not one of yaml, json/],
  ])('refuses %j in one line', async (args, message) => {
    const {code, out, err} = await policies('--demo', ...args);
    expect({code, out, lines: err.trim().split('\n').length}).toEqual({code: 2, out: '', lines: 1});
    expect(err).toMatch(message);
  });

  test('files of the server are in a folder for each of its plugins', async () => {
    const folder = folderOf();
    const args = ['migrate', 'policies', '--demo', '--static', './out/psp/'];
    const {out} = await runWith({folder}, ...args);
    expect(out).toContain('--admission-control-config-file=/etc/kubernetes/psp/admission.yaml\n');
    const read = (name: string) => {
      const path = join(folder, 'out/psp', name);
      return readDocuments(readFileSync(path, 'utf8'), path).map(({value}) => objectOf(value));
    };
    const [configuration = {}] = read('admission.yaml');
    const {plugins} = configuration as {readonly plugins: readonly JsonObject[]};
    const folders = plugins.map(({configuration: own}) => objectOf(own).staticManifestsDir);
    expect(folders).toEqual(['/etc/kubernetes/psp/mutating', '/etc/kubernetes/psp/validating']);
    const kinds = (name: string) => read(`${name}/policies.yaml`).map(({kind}) => kind);
    expect(kinds('mutating')).toEqual([
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
    ]);
    expect(kinds('validating')).toEqual([
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    const place = join(folder, 'psp');
    const validate = await runHere(...args.with(-1, place), '--mode', 'validate');
    expect(validate.out).not.toContain('mutating');
    expect(validate.out).toContain(`\n  --admission-control-config-file=${place}/admission.yaml\n`);
  });

  test('its flags belong to it', async () => {
    const {code, err} = await runHere('migrate', 'labels', '--demo', '--close-gaps');
    expect([code, err]).toEqual([2, 'error: --close-gaps belongs to migrate policies\n']);
  });
});
