import {volumes} from '../../src/controls/volumes.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {volumeSourceKeys} from '../../src/kube/volume.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {testControl} from '../support/laws/testControl.ts';

const mounting = (...types: readonly string[]) =>
  podWith({volumes: types.map((type, index) => ({name: `v${index}`, [type]: {}}))});
const projecting = (...sources: readonly JsonObject[]) =>
  podWith({volumes: [{name: 'p', projected: {sources}}]});

const token = {serviceAccountToken: {path: 'token', expirationSeconds: 3607}};
const root = {configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}};
const fieldRef = {fieldPath: 'metadata.namespace'};
const namespace = {downwardAPI: {items: [{path: 'namespace', fieldRef}]}};
const injected = projecting(token, root, namespace);

const denied = (index: number, type: string) =>
  `spec.volumes[${index}]: Invalid value: "${type}": ${type} volumes are not allowed to be used`;
const secretOnly = {volumes: ['secret']};
const under = (when: string, ...sources: readonly JsonObject[]) => ({
  when: `under secret, ${when}`,
  spec: secretOnly,
  pod: projecting(...sources),
  because: [denied(0, 'projected')],
});

testControl(volumes, {
  admits: [
    {when: 'a pod without volumes', spec: {volumes: []}, pod: pod()},
    {when: 'a listed type', spec: {volumes: ['nfs', 'secret']}, pod: mounting('nfs')},
    {when: 'every type under *', spec: {volumes: ['*']}, pod: mounting(...volumeSourceKeys)},
    {when: 'cephfs, which policies spell so', spec: {volumes: ['cephFS']}, pod: mounting('cephfs')},
    {
      when: 'a volume without a source, which is an emptyDir',
      spec: {volumes: ['emptyDir']},
      pod: podWith({volumes: [{name: 'v'}]}),
    },
    {when: 'the token under secret', spec: secretOnly, pod: injected},
    {when: 'the token under projected', spec: {volumes: ['projected']}, pod: injected},
    {when: 'an empty projection under secret', spec: secretOnly, pod: projecting()},
    {
      when: 'a downward API without items under secret',
      spec: secretOnly,
      pod: projecting({downwardAPI: {}}),
    },
    {
      when: 'what a policy for a claim would forbid: ephemeral is a type of its own',
      spec: {volumes: ['ephemeral']},
      pod: podWith({volumes: [{name: 'e', ephemeral: {volumeClaimTemplate: {spec: {}}}}]}),
    },
  ],
  denies: [
    {
      when: 'each volume of another type',
      spec: secretOnly,
      pod: mounting('nfs', 'secret', 'csi'),
      because: [denied(0, 'nfs'), denied(2, 'csi')],
    },
    {
      when: 'cephfs by the name that the error has',
      spec: {volumes: ['rbd']},
      pod: mounting('cephfs'),
      because: [denied(0, 'cephFS')],
    },
    {
      when: 'the token under a list that has neither type',
      spec: {volumes: ['configMap', 'downwardAPI']},
      pod: injected,
      because: [denied(0, 'projected')],
    },
    under('a token for somebody else', {serviceAccountToken: {path: 'token', audience: 'vault'}}),
    under('a token at another path', {serviceAccountToken: {path: 'vault'}}),
    under('a config map of its own', token, {configMap: {name: 'other'}}),
    under('a secret', token, {secret: {name: 's'}}),
    under('the name of the pod', {
      downwardAPI: {items: [{path: 'namespace', fieldRef: {fieldPath: 'metadata.name'}}]},
    }),
    under('the namespace at another path', {downwardAPI: {items: [{path: 'ns', fieldRef}]}}),
    under('a resource of the pod', {
      downwardAPI: {items: [{path: 'namespace', resourceFieldRef: {resource: 'limits.cpu'}}]},
    }),
  ],
  needs: [
    {when: 'nothing without volumes', spec: {volumes: []}, pods: [pod()]},
    {
      when: 'each type once',
      spec: {volumes: ['csi', 'nfs']},
      pods: [mounting('nfs', 'csi', 'nfs')],
    },
    {when: 'cephFS for cephfs', spec: {volumes: ['cephFS']}, pods: [mounting('cephfs')]},
    {when: 'secret for the token', spec: secretOnly, pods: [injected]},
    {
      when: 'projected for the token where that is needed anyway',
      spec: {volumes: ['emptyDir', 'projected']},
      pods: [injected, projecting({secret: {name: 's'}}), mounting('emptyDir')],
    },
  ],
  refuses: [
    {
      when: 'an unknown type, telling all that there are',
      spec: {volumes: ['nfs', 'cephfs']},
      because: [
        'spec.volumes: Unsupported value: "cephfs": supported values: "*", "awsElasticBlockStore", "azureDisk", "azureFile", "cephFS", "cinder", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "iscsi", "nfs", "persistentVolumeClaim", "photonPersistentDisk", "portworxVolume", "projected", "quobyte", "rbd", "scaleIO", "secret", "storageos", "vsphereVolume"',
      ],
    },
  ],
  moreSettings: [
    {spec: {volumes: ['secret', 'projected']}},
    {spec: {volumes: ['hostPath', '*']}},
    {spec: {volumes: ['nfs', 'nfs']}},
    {spec: {volumes: volumeSourceKeys.map(key => (key === 'cephfs' ? 'cephFS' : key))}},
  ],
  morePods: volumeSourceKeys.map(key => mounting(key)),
});
