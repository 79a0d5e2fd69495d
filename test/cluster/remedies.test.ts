import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {realisticClusters} from '../support/clusters/index.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {itemsOf} from '../support/run/output.ts';
import {builtProgram, runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

/** What only shows something, is left to a person, or writes policies for a look. */
const looks = /^kubectl (edit|psp (why|who-can|advise|check|audit))|^[A-Z]/;

describe.runIf(hasReference('etcd', 'kube-apiserver'))('remedies, pasted into a shell', () => {
  let server: ApiServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'remedies-'));
    symlinkSync(builtProgram, join(folder, 'kubectl-psp'));
  });
  afterAll(() => rmSync(folder, {recursive: true}));

  async function findings(): Promise<readonly JsonObject[]> {
    const {code, out, err} = await runHere(
      'audit',
      '-o',
      'json',
      '--kubeconfig',
      server.kubeconfig,
    );
    if (code !== 0) throw new Error(err);
    return itemsOf(out);
  }

  /** Where the program would ask, it is told yes. */
  function paste(line: string) {
    const agreed = line.replaceAll(
      /(kubectl psp (?:bind|unbind|delete) [^&|]*?)(?= &&| \||$)/g,
      '$1 --yes',
    );
    const env = {
      ...process.env,
      KUBECONFIG: server.kubeconfig,
      PATH: [folder, process.env.PATH].join(delimiter),
    };
    return spawnSync('sh', ['-c', agreed], {env, cwd: folder, encoding: 'utf8'});
  }

  test.each(Object.entries(realisticClusters))(
    'do away with the findings of the %s cluster, one after the other',
    async (_, objects) => {
      server = await startApiServer();
      try {
        await server.createAll(objects.filter(({kind, metadata}) => isToMake(kind, metadata)));
        const tried = new Set<unknown>();
        for (;;) {
          const due = (await findings()).find(
            ({id, remedy}) => !tried.has(id) && !looks.test(String(remedy)),
          );
          if (due === undefined) break;
          tried.add(due.id);
          const remedy = String(due.remedy);
          const {status, stderr} = paste(remedy);
          expect({remedy, status, stderr}).toMatchObject({status: 0});
          if (/--dry-run/.test(remedy)) continue;
          expect(
            (await findings()).map(({id}) => id),
            remedy,
          ).not.toContain(due.id);
        }
        expect(tried.size).toBeGreaterThan(1);
      } finally {
        await server.stop();
      }
    },
    120_000,
  );
});

/** No pods, which the admission plugin would judge, no copies of templates, and nothing that every cluster has. */
function isToMake(kind: unknown, metadata: unknown): boolean {
  const {name} = metadata as {readonly name?: string};
  const ownNames = ['kube-system', 'cluster-admin', 'edit'];
  return kind !== 'Pod' && kind !== 'ReplicaSet' && !ownNames.includes(name ?? '');
}
