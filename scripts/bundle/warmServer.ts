import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {demoSnapshot} from '../../src/demo/index.ts';
import {resources, runtimeClasses, workloadResources} from '../../src/inventory/kinds/resources.ts';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {objectMetaMessage} from '../../src/kube/protobuf/meta.ts';
import {kinds} from '../../src/kube/protobuf/objects.ts';
import {bytesField, encodeMessage, listOf} from '../../test/support/builders/protobuf.ts';

/** The version and kind of what is asked for, by the plural in the path of its list. */
const listed = new Map(
  [...Object.values(resources), ...workloadResources].map(
    ({plural, kind, apiVersions: [apiVersion = '']}) => [plural, {apiVersion, kind}] as const,
  ),
);

const noClasses = {apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClassList', items: []};

/**
 * An API server in this process with the objects of the demo, in protobuf as the real one sends them, so
 * that the code that reads them is compiled. Gives its URL; it keeps no process alive.
 */
export async function startWarmServer(): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const known = listed.get(path.split('/').at(-1) ?? '');
    const isRead = request.method === 'GET';
    if (isRead && known !== undefined) {
      const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
      response.setHeader('Content-Type', 'application/vnd.kubernetes.protobuf');
      response.end(protobufList(known, namespace));
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = isRead ? 200 : 201;
    const read = path.endsWith(`/${runtimeClasses.plural}`) ? noClasses : {gitVersion: 'v1.24.17'};
    response.end(JSON.stringify(isRead ? read : {status: {allowed: true}}));
  });
  server.unref();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function protobufList(
  type: {readonly apiVersion: string; readonly kind: string},
  namespace: string | undefined,
): Buffer {
  const items = objectsOf(type.kind)
    .filter(({metadata}) => namespace === undefined || metadata.namespace === namespace)
    .map(object => encoded(`${type.apiVersion}/${type.kind}`, object));
  return listOf(type, items);
}

function encoded(type: string, object: DemoObject): Buffer {
  const message = kinds[type];
  if (message === undefined) throw new Error(`${type} is not known as protobuf`);
  if (!('parts' in message)) return encodeMessage(message, object);
  const spec = isObject(object.spec) ? object.spec : {};
  return Buffer.concat([
    bytesField(1, encodeMessage(objectMetaMessage, object.metadata)),
    ...(message.spec ? [bytesField(2, encodeMessage(message.spec, spec))] : []),
  ]);
}

interface DemoObject extends JsonObject {
  readonly metadata: JsonObject;
}

/** The demo's objects of a kind as a cluster has them. */
function objectsOf(kind: string): readonly DemoObject[] {
  const all = demoSnapshot as unknown as Readonly<Record<string, readonly DemoObject[]>>;
  // A snapshot has its objects under the names that the resources have.
  const [own] = Object.entries(resources).find(([, resource]) => resource.kind === kind) ?? [];
  if (own !== undefined) return all[own] ?? [];
  return (all.workloads ?? [])
    .filter(workload => workload.kind === kind)
    .map(({metadata, replicas, template}) => ({
      metadata,
      spec: {...(replicas === undefined ? {} : {replicas}), ...(template ? {template} : {})},
    }));
}
