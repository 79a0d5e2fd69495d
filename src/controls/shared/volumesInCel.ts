import {allOf, anyOf, type Cel, cel, celName} from '../../cel/cel.ts';
import {volumeSourceKeys} from '../../kube/volume.ts';
import type {CelCheck, CelRules} from '../celFacet.ts';
import {faultText} from './celNames.ts';

/** What a list of types asks of volumes. Names in it that are no types let nothing in. */
export function volumeTypeCheck(types: readonly string[], tokenToo: boolean): CelCheck {
  const keys = volumeSourceKeys.filter(key => types.includes(key === 'cephfs' ? 'cephFS' : key));
  const isListed = keys.map(key => cel`has(v.${celName(key)})`);
  const needsToken = tokenToo && !types.includes('projected');
  return {
    unchanged: anyOf([...isListed, ...(needsToken ? [isToken] : [])]),
    fault: faultText(
      cel`'is of type ' + variables.volumeTypes.filter(t, t[0] == v.name).map(t, t[1]).join(', ')`,
      types.join(', ') || 'none',
    ),
  };
}

/** A projected volume with nothing but what Kubernetes mounts into every pod (util.go, IsOnlyServiceAccountTokenSources). */
const isToken = allOf([
  cel`has(v.projected)`,
  cel`v.projected.?sources.orValue([]).all(s, ${part()})`,
]);

function part(): Cel {
  const item = allOf([
    cel`d.path == 'namespace'`,
    cel`has(d.fieldRef)`,
    cel`d.fieldRef.?apiVersion.orValue('') == 'v1'`,
    cel`d.fieldRef.fieldPath == 'metadata.namespace'`,
  ]);
  const token = cel`s.serviceAccountToken.path == 'token' && s.serviceAccountToken.?audience.orValue('') == ''`;
  return allOf([
    cel`has(s.serviceAccountToken) || has(s.configMap) || has(s.downwardAPI)`,
    cel`!has(s.serviceAccountToken) || ${token}`,
    cel`!has(s.configMap) || s.configMap.?name.orValue('') == 'kube-root-ca.crt'`,
    cel`!has(s.downwardAPI) || s.downwardAPI.?items.orValue([]).all(d, ${item})`,
  ]);
}

interface PathRule {
  readonly pathPrefix: string;
  readonly readOnly: boolean;
}

/** One slash at the end of both sides is dropped, then whole segments count (util.go, hasPathPrefix). */
export function hostPathCheck(paths: readonly PathRule[], words: string): CelCheck {
  const isWritable = anyOf(paths.filter(({readOnly}) => !readOnly).map(isUnder));
  const isReadable = anyOf(paths.filter(({readOnly}) => readOnly).map(isUnder));
  const onlyRead = cel`variables.containers.all(c, c.?volumeMounts.orValue([]).all(m, m.name != v.name || m.?readOnly.orValue(false)))`;
  const shown = cel`v.hostPath.path`;
  return {
    unchanged: anyOf([cel`!has(v.hostPath)`, isWritable, allOf([isReadable, onlyRead])]),
    fault: cel`${isReadable} ? ${cel`'may write to host path ' + ${shown} + '; allowed: only to read it'`} : ${cel`'shows host path ' + ${shown} + ${`; allowed: ${words}`}`}`,
  };
}

const asked = cel`(v.hostPath.path.endsWith('/') ? v.hostPath.path.substring(0, size(v.hostPath.path) - 1) : v.hostPath.path)`;

function isUnder({pathPrefix}: PathRule): Cel {
  const prefix = pathPrefix.endsWith('/') ? pathPrefix.slice(0, -1) : pathPrefix;
  return anyOf([cel`${asked} == ${prefix}`, cel`${asked}.startsWith(${`${prefix}/`})`]);
}

/** What a list of drivers asks of volumes of one type. */
export function driverRules(
  type: 'flexVolume' | 'csi',
  drivers: readonly string[],
): CelRules | undefined {
  if (drivers.length === 0) return undefined;
  const volume = cel`v.${celName(type)}`;
  return {
    volume: {
      unchanged: cel`!has(${volume}) || ${volume}.driver in ${drivers}`,
      fault: faultText(cel`${`uses ${type} driver `} + ${volume}.driver`, drivers.join(', ')),
    },
  };
}
