import {createHash} from 'node:crypto';
import type {Commit} from '../bundle/commit.ts';
import type {Base} from './bases.ts';
import type {BundledPackage} from './packages.ts';
import type {Platform} from './platforms.ts';

/** What a bill of materials is about. */
export interface Release {
  /** Without a `v`. */
  readonly version: string;
  readonly commit: Commit;
  readonly platform: Platform;
  readonly base: Base;
  readonly packages: readonly BundledPackage[];
}

/** What an executable contains, as CycloneDX 1.6 JSON; the same release gives the same text. */
export function sbomOf({version, commit, platform, base, packages}: Release): string {
  const purl = `pkg:github/kubectl-psp/kubectl-psp@v${version}?platform=${platform.name}`;
  const components = packages.map(componentOf);
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`${purl} ${commit.id}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(commit.seconds * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': purl,
        name: 'kubectl-psp',
        version,
        purl,
        licenses: [{license: {id: 'Apache-2.0'}}],
        properties: [
          {name: 'kubectl-psp:commit', value: commit.id},
          {name: 'kubectl-psp:platform', value: platform.name},
        ],
      },
    },
    components: [...components, nodeComponent(base)],
    dependencies: [
      {ref: purl, dependsOn: [...components.map(({purl: used}) => used), nodePurl(base)]},
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function componentOf({name, version, license}: BundledPackage) {
  const [scope, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl = `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${short}@${version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    ...(scope === undefined ? {} : {group: scope}),
    name: short,
    version,
    purl,
    licenses: [/[ ()]/.test(license) ? {expression: license} : {license: {id: license}}],
  };
}

function nodeComponent(base: Base) {
  const purl = nodePurl(base);
  return {
    type: 'platform',
    'bom-ref': purl,
    name: 'node',
    version: base.version,
    purl,
    licenses: [{license: {id: 'MIT'}}],
    properties: [{name: 'kubectl-psp:npm-package', value: `${base.package}@${base.version}`}],
  };
}

function nodePurl({version}: Base): string {
  return `pkg:generic/node@${version}`;
}

/** A UUID of version 8 (RFC 9562, 5.8) that depends on nothing but the text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
