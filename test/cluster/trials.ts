import {expect} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {patched} from '../support/builders/jsonPatch.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiServer} from '../support/server/apiServer.ts';
import {errorsOf, securityOf} from './pods.ts';
import {prepared, readPod} from './prepared.ts';

/** One pod to submit, and what the program said of it. */
export interface Trial {
  readonly label: string;
  readonly pod: JsonObject;
  readonly user: string;
  readonly groups: readonly string[];
  readonly verdict: JsonObject;
}

/** Submits every pod as a dry run and compares; counts what came out. */
export async function expectSame(
  server: ApiServer,
  trials: readonly Trial[],
): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {};
  const differences: string[] = [];
  for (const trial of trials) {
    const {namespace} = objectOf(trial.pod.metadata);
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json} = await server.request('POST', path, trial.pod, {
      as: trial.user,
      asGroups: trial.groups,
    });
    // The policy's own values may make the pod invalid: that is found after admission.
    const way = String(trial.verdict.phase ?? trial.verdict.state);
    seen[way] = (seen[way] ?? 0) + 1;
    const difference = differenceIn(trial, status, json);
    if (difference !== undefined) differences.push(`${trial.label}: ${difference}`);
  }
  expect(differences).toEqual([]);
  return seen;
}

function differenceIn(
  {pod, verdict}: Trial,
  status: number,
  json: Json | undefined,
): string | undefined {
  const answer = objectOf(json);
  if (status === 422) {
    const ours = `${verdict.phase} ${verdict.message}`.replace('-xxxxx"', '-?????"');
    const theirs = `validation ${withoutAddresses(String(answer.message))}`;
    return ours === theirs ? undefined : `we say\n${ours}\nthe server says\n${theirs}`;
  }
  if (status !== 201) {
    const [ours, theirs] = [verdict.message ?? 'admitted', answer.message].map(message =>
      errorsOf(String(message)).join('\n'),
    );
    return ours === theirs ? undefined : `we say\n${ours}\nthe server says\n${theirs}`;
  }
  const chosen = objectOf(objectOf(answer.metadata).annotations)['kubernetes.io/psp'];
  if (verdict.policy !== chosen) return `we say ${verdict.policy}, the server ${chosen}`;
  const changes = (verdict.changes as readonly JsonObject[]) ?? [];
  const ours = securityOf(prepared(objectOf(patched(pod, changes)), String(chosen)));
  const theirs = securityOf(readPod(answer));
  return ours === theirs ? undefined : `we make it\n${ours}\nthe server\n${theirs}`;
}

/** As the program has it: what Go prints with addresses stands for itself, and so do random names. */
function withoutAddresses(message: string): string {
  return message
    .replaceAll(/core\.(\w+)\{[^{}]*\}/g, 'core.$1{...}')
    .replace(/^Pod "([^"]*-)[a-z0-9]{5}" is/, 'Pod "$1?????" is');
}

/** A ReplicaSet of one pod, so that it is certain who submits it; fields of the pod that are undefined are left out. */
export function replicaSetOf(
  namespace: string,
  name: string,
  {spec, annotations}: {readonly spec: object; readonly annotations?: object},
): JsonObject {
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {name, namespace},
      spec: {
        replicas: 1,
        selector: {matchLabels: {app: name}},
        template: {metadata: {labels: {app: name}, annotations}, spec},
      },
    }),
  ) as JsonObject;
}
