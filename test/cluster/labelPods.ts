import fc from 'fast-check';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {labelled} from '../support/builders/labelledCluster.ts';
import {isThorough} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';

export const namespaces = [
  labelled('none'),
  labelled('open', {enforce: 'privileged'}),
  labelled('warned', {enforce: 'privileged', warn: 'restricted', 'warn-version': 'v1.29'}),
  labelled('baseline', {enforce: 'baseline', warn: 'baseline'}),
  labelled('pinned', {enforce: 'baseline', 'enforce-version': 'v1.26', warn: 'restricted'}),
  labelled('restricted', {enforce: 'restricted', 'enforce-version': 'v1.37'}),
  labelled('old', {enforce: 'restricted', 'enforce-version': 'v1.20', audit: 'restricted'}),
  labelled('quiet', {enforce: 'restricted', warn: 'privileged'}),
];

export const names = namespaces.map(({metadata}) => String(objectOf(metadata).name));

const podsPerNamespace = isThorough ? 80 : 30;

export const seed = Number(process.env.PSP_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What restricted asks of a container. */
const tight = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: {drop: ['ALL']},
  seccompProfile: {type: 'RuntimeDefault'},
};

/** Pods of which each level lets some in: half of them are hardened as restricted asks. */
export const pods = fc
  .sample(fc.tuple(anyPod, fc.nat(3), fc.constantFrom(undefined, false)), {
    seed,
    numRuns: names.length * podsPerNamespace,
  })
  .map(([pod, how, hostUsers], index) => ({
    namespace: names[index % names.length] ?? '',
    ...(how === 3 ? torn(objectOf(pod), hostUsers) : taken(objectOf(pod), how)),
  }));

/** Without what v1.37 takes for invalid: annotations beside other fields, mounts of nothing, and so on. */
function taken({metadata, spec}: JsonObject, how: number) {
  const {initContainers: _, runtimeClassName: __, ...own} = objectOf(spec);
  const podContext = objectOf(own.securityContext ?? {});
  const isTight = how > 0;
  const calm = {hostNetwork: undefined, hostPID: undefined, hostIPC: undefined, volumes: []};
  const securityContext = {...podContext, sysctls: [], seccompProfile: undefined};
  const containers = own.containers as readonly JsonObject[];
  return {
    metadata: isTight ? {} : {annotations: objectOf(metadata).annotations ?? {}},
    spec: {
      ...own,
      ...(how === 1 ? calm : {}),
      securityContext: how === 1 ? {} : securityContext,
      containers: containers.map(container => ({
        ...container,
        image: 'i',
        volumeMounts: [],
        ports: isTight ? [] : (container.ports ?? []),
        securityContext: isTight ? tight : fieldsTaken(objectOf(container.securityContext ?? {})),
      })),
    },
  };
}

/** Every other one with what v1.37 itself refuses of the fields that are judged. */
function torn({metadata, spec}: JsonObject, hostUsers: boolean | undefined) {
  const {containers, volumes, hostNetwork, hostPID, hostIPC, securityContext} = objectOf(spec);
  const {sysctls, seccompProfile} = objectOf(securityContext ?? {});
  const isOnHost = (volume: Json) => isObject(volume) && volume.hostPath !== undefined;
  return {
    metadata: {annotations: objectOf(metadata).annotations ?? {}},
    spec: {
      ...(hostUsers === false ? {hostUsers} : {shareProcessNamespace: hostPID}),
      hostNetwork,
      hostPID,
      hostIPC,
      securityContext: {sysctls, seccompProfile},
      volumes: Array.isArray(volumes) ? volumes.filter(isOnHost) : [],
      containers: (containers as readonly JsonObject[]).map(({name, ports, securityContext}) => ({
        name,
        image: 'i',
        ports: ports ?? [],
        securityContext: securityContext ?? {},
      })),
    },
  };
}

function fieldsTaken(securityContext: JsonObject): JsonObject {
  const {seccompProfile: _, procMount: __, ...rest} = securityContext;
  return rest;
}

export const podOf = (
  {metadata, spec, namespace}: (typeof pods)[number],
  name: object,
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {...metadata, ...name, namespace} as JsonObject,
  spec: spec as JsonObject,
});
