import fc from 'fast-check';
import type {Json} from '../../src/kube/json.ts';

/** One of the values, or nothing. */
export const some = <T>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), {nil: undefined});

/** Options of Windows, sound and not. */
export const windowsOptions = fc.option(
  fc.record({
    hostProcess: some(true, false),
    gmsaCredentialSpecName: some('gmsa', 'Odd_Name', ''),
    gmsaCredentialSpec: some('{}', '', 'x'.repeat(65536), 'x'.repeat(65537), 'ä'.repeat(32769)),
    runAsUserName: fc.option(
      fc.oneof(
        fc.constantFrom(
          '',
          'app',
          'a\tb',
          'a\\b\\c',
          'CORP\\app',
          '.corp\\app',
          'corp.example.com\\app',
          '\\app',
        ),
        fc.constantFrom(
          'CORP\\',
          '...',
          ' ',
          'a/b',
          'a@b',
          'a[b]',
          'a"b',
          'ä'.repeat(52),
          'ä'.repeat(53),
        ),
        fc.constantFrom(
          `${'d'.repeat(255)}\\a`,
          `${'d.'.repeat(127)}dd\\a`,
          `${'d.'.repeat(126)}dd\\a`,
        ),
        fc.string({maxLength: 20, unit: fc.constantFrom(...'aB0.-_ \\/:*?"<>|[]@\u0001\u007fé😀')}),
      ),
      {nil: undefined},
    ),
  }),
  {nil: undefined, freq: 2},
);

const token = {serviceAccountToken: {path: 't'}};
const file = {path: 'f', fieldRef: {fieldPath: 'metadata.name'}};
const fields = [
  'metadata.labels',
  "metadata.labels['a']",
  "spec.x['a']",
  'spec.host',
  'spec.nodeName',
  'x',
  '',
];

/** Volumes of all kinds, sound and not. */
export const volumes = some<Json>(
  [{name: 'v', hostPath: {path: '/a'}}],
  [{name: 'v', hostPath: {path: '/a/../b', type: 'Directory'}}],
  [{name: 'v', hostPath: {path: ''}}],
  [
    {name: 'v', hostPath: {path: '/a', type: 'directory'}},
    {name: 'w', emptyDir: {}},
  ],
  [{name: 'v'}, {name: 'v', secret: {secretName: 's'}}, {name: 'W'}, {emptyDir: {}}],
  [{name: 'v', emptyDir: {}, hostPath: {path: ''}, cephfs: {}, downwardAPI: {}, ephemeral: {}}],
  [
    {name: 'v', csi: {driver: ''}},
    {name: 'w', csi: {driver: 'A.example.com'}},
  ],
  [
    {name: 'v', csi: {driver: 'a_b'}},
    {name: 'w', csi: {driver: 'a'.repeat(64)}},
  ],
  [
    {name: 'v', flexVolume: {driver: ''}},
    {name: 'w', flexVolume: {driver: 'a/b'}},
  ],
  [{name: 'v', projected: {sources: [token, {configMap: {}}, {configMap: {name: 'c'}}]}}],
  [
    {
      name: 'v',
      projected: {
        sources: [
          {...token, configMap: {name: 'c'}},
          ...[0, 599, 600, 4294967296, 4294967297].map(expirationSeconds => ({
            serviceAccountToken: {expirationSeconds, path: ''},
          })),
        ],
      },
    },
  ],
  [
    {
      name: 'v',
      projected: {
        sources: [
          {downwardAPI: {items: [file, file, {path: ''}, {path: '/a/../b'}, {path: '..a'}]}},
          {
            downwardAPI: {
              items: fields.map((fieldPath, path) => ({path: `${path}`, fieldRef: {fieldPath}})),
            },
          },
          {downwardAPI: {items: [{path: 'v2', fieldRef: {apiVersion: 'v2', fieldPath: 'a'}}]}},
        ],
      },
    },
  ],
);

/** Mounts of such volumes, and of others. */
export const volumeMounts = some<Json>(
  [{name: 'v', mountPath: '/v'}],
  [{name: 'v', mountPath: '/v', subPath: 'a/../b', subPathExpr: ''}],
  [
    {name: 'v', mountPath: '/v', subPath: 'a'},
    {name: 'v', mountPath: '/w', subPathExpr: '/../b'},
  ],
  [{name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional'}],
  [
    {name: 'v', mountPath: '/v', mountPropagation: 'HostToContainer'},
    {name: 'w', mountPath: '/v'},
  ],
  [{name: 'v', mountPath: '', mountPropagation: 'Both'}, {mountPath: '/w'}],
);
