/** The messages of k8s.io/apimachinery v0.24 that are read. */
import {isRelevantAnnotation} from '../annotations.ts';
import {fullMessage, many, map, message, nonZero, one} from './message.ts';

const go = (name: string) => `k8s.io/apimachinery/pkg/apis/meta/v1.${name}`;

const ownerReference = fullMessage(go('OwnerReference'), {
  apiVersion: one(5, 'string'),
  kind: one(1, 'string'),
  name: one(3, 'string'),
  uid: one(4, 'string'),
  controller: one(6, 'bool'),
});

export const objectMetaMessage = fullMessage(go('ObjectMeta'), {
  name: nonZero(1, 'string'),
  generateName: nonZero(2, 'string'),
  namespace: nonZero(3, 'string'),
  uid: nonZero(5, 'string'),
  resourceVersion: nonZero(6, 'string'),
  labels: map(11),
  annotations: map(12, isRelevantAnnotation),
  ownerReferences: many(13, ownerReference),
});

export const labelSelector = fullMessage(go('LabelSelector'), {
  matchLabels: map(1),
  matchExpressions: many(
    2,
    fullMessage(go('LabelSelectorRequirement'), {
      key: one(1, 'string'),
      operator: one(2, 'string'),
      values: many(3, 'string'),
    }),
  ),
});

export const listMeta = message(go('ListMeta'), {
  resourceVersion: nonZero(2, 'string'),
  continue: nonZero(3, 'string'),
  remainingItemCount: one(4, 'int64'),
});

/** What a refusing server says. */
export const status = message(go('Status'), {
  metadata: one(1, listMeta),
  status: nonZero(2, 'string'),
  message: nonZero(3, 'string'),
  reason: nonZero(4, 'string'),
  code: nonZero(6, 'int32'),
});

/** What protobuf is wrapped in, after four bytes "k8s" and 0 (runtime/serializer/protobuf). */
export const unknown = message('k8s.io/apimachinery/pkg/runtime.Unknown', {
  typeMeta: one(
    1,
    message('k8s.io/apimachinery/pkg/runtime.TypeMeta', {
      apiVersion: nonZero(1, 'string'),
      kind: nonZero(2, 'string'),
    }),
  ),
  raw: one(2, 'raw'),
});
