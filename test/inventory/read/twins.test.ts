import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../../src/admission/judge.ts';
import {adviceFor} from '../../../src/advice/advice.ts';
import {emptyInventory, type Inventory} from '../../../src/inventory/inventory.ts';
import {decodeLive, resources} from '../../../src/inventory/kinds/resources.ts';
import {itemsOf, templatesOf} from '../../../src/inventory/submissions/items.ts';
import {decidingFor} from '../../../src/inventory/submissions/submissions.ts';
import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {partedItems} from '../../../src/kube/listItem.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {decodePod, likenessOf, type Pod} from '../../../src/kube/pod.ts';
import {readList} from '../../../src/kube/protobuf/list.ts';
import {objectMetaMessage} from '../../../src/kube/protobuf/meta.ts';
import {podSpecMessage} from '../../../src/kube/protobuf/pod.ts';
import {adviceYaml} from '../../../src/report/advice.ts';
import {printedVerdict} from '../../../src/report/verdict.ts';
import {anyPod} from '../../support/builders/anyPod.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {asServed, podList} from '../../support/builders/protobuf.ts';
import {objectOf} from '../../support/run/output.ts';

const token = 'kube-api-access-zzzzz';
const ends = ['bcdfg', 'hjklm', '24567'];

/** A pod with its token's volume, as the server would send it. */
const basePod = anyPod.map(pod => {
  const {metadata, spec} = objectOf(pod);
  const {annotations = {}} = objectOf(metadata);
  const {volumes = [], containers = [], ...rest} = objectOf(spec);
  const mounted = (containers as readonly JsonObject[]).map(container => ({
    ...container,
    volumeMounts: [
      ...((container.volumeMounts ?? []) as readonly JsonObject[]),
      {name: token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true},
    ],
  }));
  const all = [...(volumes as readonly JsonObject[]), {name: token, projected: {sources: []}}];
  return {
    metadata: {annotations},
    spec: asServed(podSpecMessage, {...rest, containers: mounted, volumes: all}),
  };
});

/** One of the pods that a template has: by its name, its node, and the name of its token's volume. */
function copyOf(pod: JsonObject, number: number): JsonObject {
  const text = printJson(pod).replaceAll(token, `kube-api-access-${ends[number % ends.length]}`);
  const {metadata, spec} = objectOf(parseJson(text));
  const namespace = number % 5 === 4 ? 'data' : 'shop';
  return {
    metadata: asServed(objectMetaMessage, {
      ...objectOf(metadata),
      name: `pod-${number}`,
      namespace,
    }),
    spec: {...objectOf(spec), nodeName: `node-${number % 4}`},
  };
}

const somePods = fc
  .tuple(fc.array(basePod, {minLength: 1, maxLength: 3}), fc.array(fc.nat(2), {maxLength: 14}))
  .map(([bases, picks]) =>
    picks.map((pick, number) => {
      const base = bases[pick % bases.length] ?? {};
      return {base, pod: copyOf(base, number)};
    }),
  );

function fromProtobuf(pods: readonly JsonObject[]): readonly Pod[] {
  const reader = readList();
  reader.push(podList(pods));
  return partedItems(reader.end()).whole.map(item => decodeLive(resources.pods, 'v1', item));
}

const policies = [
  policyObject('a-strict', {
    volumes: ['projected', 'emptyDir'],
    runAsUser: {rule: 'MustRunAsNonRoot'},
  }),
  policyObject('b-filling', {
    volumes: ['*'],
    hostNetwork: true,
    allowedCapabilities: ['*'],
    hostPID: true,
    defaultAddCapabilities: ['CHOWN'],
    hostPorts: [{min: 0, max: 65_535}],
  }),
].map(decodePolicy);

function inventoryOf(pods: readonly Pod[]): Inventory {
  const answers = policies.flatMap(({metadata: {name}}) => [
    {namespace: 'shop', policy: name, allowed: true},
    {namespace: 'data', policy: name, allowed: name === 'a-strict'},
  ]);
  return {
    ...emptyInventory,
    origin: 'cluster',
    policyApi: 'policy/v1beta1',
    policies,
    pods,
    caller: {user: 'eve', answers},
  };
}

/** What is the same for pods that nothing but names tells apart. */
function shapeOf({spec}: Pod): string {
  const text = printJson({...spec, nodeName: ''} as never);
  return text.replaceAll(/kube-api-access-[a-z0-9]{5}/g, token);
}

describe('pods that only names tell apart', () => {
  test('are alike, and no others are', () => {
    fc.assert(
      fc.property(somePods, pods => {
        const read = fromProtobuf(pods.map(({pod}) => pod));
        for (const [index, one] of read.entries()) {
          for (const [position, other] of read.entries()) {
            const isSame = likenessOf(one) === likenessOf(other);
            if (isSame) expect(shapeOf(one)).toBe(shapeOf(other));
            if (pods[index]?.base === pods[position]?.base) expect(isSame).toBe(true);
          }
        }
      }),
    );
  });

  test('are judged as each by itself', () => {
    fc.assert(
      fc.property(somePods, pods => {
        const sent = pods.map(({pod}) => pod);
        const late = inventoryOf(fromProtobuf(sent));
        const plain = inventoryOf(sent.map(decodePod));
        const rulings = (inventory: Inventory) =>
          itemsOf(inventory).map(item => {
            const {chosen, message, changes, via, state} = judgeOf(inventory).verdict(item);
            return {name: item.name, policy: chosen?.policy.name, message, changes, via, state};
          });
        expect(rulings(late)).toEqual(rulings(plain));
        const options = {assumeAuthorized: true};
        const verdicts = (inventory: Inventory) =>
          printJson(
            itemsOf(inventory)
              .map(judgeOf(inventory, options).verdict)
              .map(printedVerdict) as never,
          );
        expect(verdicts(late)).toBe(verdicts(plain));
      }),
    );
  });

  test('get the same advice', () => {
    fc.assert(
      fc.property(somePods, fc.boolean(), (pods, mayFill) => {
        const adviceOf = (read: readonly Pod[]) =>
          adviceYaml(adviceFor(templatesOf(inventoryOf(read)), 'service-account', mayFill), true);
        const sent = pods.map(({pod}) => pod);
        expect(adviceOf(fromProtobuf(sent))).toBe(adviceOf(sent.map(decodePod)));
      }),
    );
  });

  test('annotations count, and the names of other volumes', () => {
    const pod = (name: string, mounted: string, annotations: JsonObject = {}) => ({
      metadata: {name, namespace: 'shop', annotations},
      spec: {
        containers: [{name: 'main', volumeMounts: [{name: mounted, mountPath: '/x'}]}],
        volumes: ['data', 'logs'].map(volume => ({name: volume, hostPath: {path: `/${volume}`}})),
      },
    });
    const seccomp = 'seccomp.security.alpha.kubernetes.io/pod';
    const read = fromProtobuf([
      pod('a', 'data'),
      pod('b', 'data'),
      pod('c', 'logs'),
      pod('d', 'data', {[seccomp]: 'unconfined'}),
      pod('e', 'data', {[seccomp]: 'runtime/default'}),
      pod('f', 'data', {'example.com/checksum': '1'}),
    ]);
    expect(decidingNames(read)).toEqual(['a', 'a', 'c', 'd', 'e', 'a']);
  });

  test('a volume that is only called like a token’s is one by its name', () => {
    const pod = (name: string, path: string, mounted: string) => ({
      metadata: {name, namespace: 'shop'},
      spec: {
        containers: [{name: 'main', volumeMounts: [{name: mounted, mountPath: '/x'}]}],
        volumes: ['kube-api-access-bcdfg', 'kube-api-access-hjklm', 'kube-api-access-'].map(
          (volume, index) => ({name: volume, hostPath: {path: `${path}${index}`}}),
        ),
      },
    });
    const read = fromProtobuf([
      pod('a', '/a', 'kube-api-access-bcdfg'),
      pod('b', '/a', 'kube-api-access-bcdfg'),
      pod('c', '/a', 'kube-api-access-hjklm'),
      pod('d', '/b', 'kube-api-access-bcdfg'),
      pod('e', '/a', 'kube-api-access-'),
    ]);
    expect(decidingNames(read)).toEqual(['a', 'a', 'c', 'd', 'e']);
  });
});

/** The names of the pods that decide about these. */
function decidingNames(pods: readonly Pod[]) {
  const items = itemsOf(inventoryOf(pods));
  return items.map(({submission}) => decidingFor(submission).view.pod.metadata.name);
}
