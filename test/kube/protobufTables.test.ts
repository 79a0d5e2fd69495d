import {describe, expect, test} from 'vitest';
import type {Field} from '../../src/kube/protobuf/message.ts';
import {listMeta, status, unknown} from '../../src/kube/protobuf/meta.ts';
import {once} from '../../src/once.ts';
import {allMessages} from '../support/builders/protobuf.ts';
import {
  type GoField,
  goFields,
  goModules,
  laterVersion,
  type ProtoField,
  protoFields,
} from '../support/kubernetes/goTypes.ts';
import {isThorough} from '../support/kubernetes/reference.ts';

const modules = goModules();
if (modules === undefined) {
  const line = 'Go has no k8s.io/api v0.24.17; run test/kubernetes/build.sh';
  if (isThorough) throw new Error(line);
  process.stderr.write(`skipped: ${line}\n`);
}

const messages = allMessages([listMeta, status, unknown]);

describe.runIf(modules !== undefined)('the tables and Kubernetes', () => {
  test('there is something to compare', () => {
    expect(messages.length).toBeGreaterThan(90);
  });

  test.each(messages.map(message => [message.goType, message] as const))(
    '%s',
    (goType, message) => {
      const known = once(() => sourcesOf(goType));
      const later = once(() => sourcesOf(goType, laterVersion));
      for (const [name, field] of Object.entries(message.fields)) {
        const {published, go} = field.isLater ? later() : known();
        // Of what stands in the object around it, the name is not sent: Go may have another one.
        const proto =
          field.shape === 'inline'
            ? [...published.values()].find(({number}) => number === field.number)
            : published.get(name);
        expect({name, ...wireOf(field)}).toEqual({name, ...proto});
        if (go !== undefined && field.shape !== 'list' && field.shape !== 'map') {
          expect({name, shape: field.shape}).toEqual({name, shape: shapeOf(go.get(name), field)});
        }
      }
    },
  );
});

/** A message as its sources have it: in protobuf and in Go. */
function sourcesOf(goType: string, version?: string) {
  return {
    published: protoFields(modules ?? '', goType, version),
    go: isOfGo(goType) ? goFields(modules ?? '', goType, version) : undefined,
  };
}

/** The wrapping is made by hand in Go, and has no JSON. */
function isOfGo(goType: string): boolean {
  return !goType.startsWith('k8s.io/apimachinery/pkg/runtime.');
}

/** A field of the table, as generated.proto would have it. */
function wireOf({number, type, shape}: Field): ProtoField {
  if (shape === 'map') return {number, label: 'map', type: '<string, string>'};
  const label = shape === 'list' ? 'repeated' : 'optional';
  if (type === 'raw') return {number, label, type: expect.stringMatching(/^(bytes|[A-Z]\w*)$/)};
  return {
    number,
    label,
    type: typeof type === 'object' ? (type.goType.split('.').at(-1) ?? '') : type,
  };
}

function shapeOf(go: GoField | undefined, {type}: Field): Field['shape'] | 'unknown' {
  if (go === undefined) return 'unknown';
  if (go.isInline) return 'inline';
  // Go's JSON leaves out no struct.
  const isStruct = typeof type === 'object' || type === 'raw';
  return go.omitEmpty && !go.isPointer && !isStruct ? 'omitEmpty' : undefined;
}
