import {setTimeout as sleep} from 'node:timers/promises';
import type {JsonObject} from '../../src/kube/json.ts';
import {canaryObjects, isCanaryAnswer, validatingCanary} from '../../src/migrate/native/canary.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiClient} from '../support/server/apiClient.ts';

/** The admission plugins that change or refuse pods for reasons of their own, which no case knows of. */
export const otherPlugins =
  '--disable-admission-plugins=ServiceAccount,Priority,RuntimeClass,DefaultTolerationSeconds,LimitRanger,PodSecurity,TaintNodesByCondition';

const collections: Readonly<Record<string, string>> = {
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/** Creates admission policies, bindings after what they bind, and waits until they are in force. */
export async function enforce(
  client: ApiClient,
  objects: readonly JsonObject[],
  canary: string,
): Promise<readonly string[]> {
  const paths: string[] = [];
  const all = [...objects, ...canaryFor(objects, canary)];
  for (const isBinding of [false, true]) {
    for (const object of all.filter(({kind}) => /Binding$/.test(String(kind)) === isBinding)) {
      const collection = `/apis/${String(object.apiVersion)}/${collections[String(object.kind)]}`;
      await createOnce(client, collection, object);
      paths.push(`${collection}/${String(objectOf(object.metadata).name)}`);
    }
  }
  await inForce(client, canary);
  return paths;
}

/** A canary of the kinds that the objects are of: not every server has both. */
function canaryFor(objects: readonly JsonObject[], name: string): readonly JsonObject[] {
  if (objects.length === 0) return canaryObjects({name});
  const mutating = objects.find(({kind}) => kind === 'MutatingAdmissionPolicy');
  const version = String(mutating?.apiVersion).split('/')[1];
  return mutating === undefined
    ? validatingCanary({name})
    : canaryObjects({name, ...(version && {mutatingVersion: version})});
}

/** Creates an object, if it is not there; a server that is too busy to answer (504) may have made it. */
export async function createOnce(
  client: ApiClient,
  path: string,
  object: JsonObject,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const {status, text} = await client.request('POST', path, object);
    if (status === 201 || status === 409) return;
    if (attempt === 20 || ![429, 500, 503, 504].includes(status)) {
      throw new Error(`${path}: ${status}: ${text.slice(0, 3000)}`);
    }
    await sleep(500);
  }
}

/** Waits until the server has all policies that were made before the canary. */
async function inForce(client: ApiClient, name: string): Promise<void> {
  const path = '/api/v1/namespaces/default/configmaps?dryRun=All';
  for (;;) {
    const {text} = await client.request('POST', path, {metadata: {name}});
    if (isCanaryAnswer(text)) return;
    await sleep(200);
  }
}
