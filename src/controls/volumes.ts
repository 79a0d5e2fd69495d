import {type FieldError, invalid, notSupported} from '../kube/fieldError.ts';
import {secretTokenPrefix, serviceAccountOf, tokenVolumePrefix} from '../kube/pod.ts';
import type {PodView, VolumeView} from '../kube/podView.ts';
import {type Release, sinceRelease} from '../kube/release.ts';
import {type ProjectedSource, type Volume, volumeSourceKeys} from '../kube/volume.ts';
import {defineControl, type Level, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep} from './hardening.ts';
import {type Grounds, type Wording, withoutVolume} from './objection.ts';
import {namedRights, podRuntime} from './runtime.ts';
import {plainNamesField} from './shared/fields.ts';
import {containsAll, shorter, unique} from './shared/names.ts';
import {volumeTypeCheck} from './shared/volumesInCel.ts';

const allTypes = unique(volumeSourceKeys.map(key => (key === 'cephfs' ? 'cephFS' : key)));

/** What a release knows about volumes. */
interface Knowledge {
  /** All types as policies name them (pkg/security/podsecuritypolicy/util/util.go, GetAllFSTypesAsSet). */
  readonly types: readonly string[];
  /** Whether `secret` lets in the projected volume of a token (provider.go, allowsVolumeType). */
  readonly secretIsToken: boolean;
}

const knowledge = sinceRelease<Knowledge>({
  16: {types: allTypes.filter(type => type !== 'ephemeral'), secretIsToken: false},
  19: {types: allTypes, secretIsToken: true},
});

/** What the restricted Pod Security Standard allows. */
const harmlessVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Which types of volumes pods may have. An empty list allows none, `*` all. */
export const volumes = defineControl<readonly string[]>({
  id: 'volumes',
  title: 'Volumes',
  risk: 'Some types of volumes show the pod files of its node, or storage beyond its claims.',
  allows: 'Pods may mount storage of these types, such as secrets, claims or folders of the node.',
  neededBy:
    'nearly all pods for configuration, secrets and claims; only node agents for folders of the node',
  field: '/spec/volumes',

  read: ({spec}) => spec.volumes ?? [],
  write: (policy, types) => withSpec(policy, {volumes: types}),

  loosest: ['*'],
  covers: (looser, stricter, release) =>
    containsAll(expand(looser, release), expand(stricter, release)),
  steps: (types, release) => [
    ...(types.includes('*')
      ? [
          {label: 'allow only what restricted allows', value: builtinValues(release).restricted},
          {label: 'allow all but hostPath', value: builtinValues(release).baseline},
        ]
      : shorter(types, 'forbid')),
    ...(types.length > 1 ? [{label: 'forbid all volumes', value: []}] : []),
    ...(types.includes('*') ? [] : [{label: 'allow every type', value: ['*']}]),
  ],

  enforce(types, release) {
    if (types.includes('*')) return undefined;
    const allowed = new Set(types);
    const tokenToo = allowed.has('secret') && knowledge(release).secretIsToken;
    const wording: Wording<string, VolumeView> = {
      error: (type, {path}) => invalid(path, type, `${type} volumes are not allowed to be used`),
      grounds: (_, view, pod) => ({
        ...volumeGrounds(view, pod),
        allowed: types.join(', ') || 'none',
      }),
    };
    return {
      volume(view, pod, report) {
        const {volume, type} = view;
        if (allowed.has(type)) return;
        if (tokenToo && type === 'projected' && isServiceAccountToken(volume)) return;
        report.object(wording, type, view, pod);
      },
    };
  },
  validate({spec}, release) {
    const {types} = knowledge(release);
    return (spec.volumes ?? []).flatMap((type): readonly FieldError[] =>
      type === '*' || types.includes(type)
        ? []
        : [notSupported('spec.volumes', type, ['*', ...types])],
    );
  },

  // The token volume gets in by `projected` or by `secret`; the latter opens less where it is enough.
  least(pods, release) {
    const all = pods.flatMap(pod => pod.volumes);
    if (!knowledge(release).secretIsToken) return unique(all.map(({type}) => type));
    const types = unique(
      all.filter(({volume}) => !isServiceAccountToken(volume)).map(({type}) => type),
    );
    const tokenNeedsMore =
      all.some(({volume}) => isServiceAccountToken(volume)) &&
      !types.includes('secret') &&
      !types.includes('projected');
    return tokenNeedsMore ? unique([...types, 'secret']) : types;
  },
  needs: needsOf,

  describe: types => (types.length === 0 ? 'none' : types.includes('*') ? 'all' : types.join(', ')),
  fields: [
    plainNamesField({label: 'Allowed types', choices: ['*', ...allTypes], hint: 'configMap or *'}),
  ],
  hardening: {plan: planVolumes},
  // The types that the restricted standard allows lead to objects in the pod's own namespace, or to
  // space of its own; others show the pod the node, or storage by its address
  // (k8s.io/pod-security-admission v0.24, policy/check_restrictedVolumes.go).
  runtime: podRuntime({
    ...namedRights,
    read({volumes: all}) {
      const types = all.map(({volume, type}) =>
        isServiceAccountToken(volume) ? 'service account token' : type,
      );
      const isHarmless = (type: string) =>
        type === 'service account token' || harmlessVolumes.includes(type);
      return {
        rights: types.filter(type => !isHarmless(type)),
        harmless: types.filter(isHarmless),
      };
    },
  }),
  builtin: builtinValues,
  cel: {
    rules: (types, release) =>
      types.includes('*')
        ? undefined
        : {
            volume: volumeTypeCheck(
              types,
              types.includes('secret') && knowledge(release).secretIsToken,
            ),
          },
  },
  level: (types): Level => {
    if (containsAll(harmlessVolumes, types)) return 'restricted';
    return types.includes('*') || types.includes('hostPath') ? 'privileged' : 'baseline';
  },
});

function builtinValues(release: Release) {
  const {types} = knowledge(release);
  return {
    privileged: ['*'],
    baseline: types.filter(type => type !== 'hostPath'),
    restricted: harmlessVolumes.filter(type => types.includes(type)),
  };
}

/** What a volume is, with the path or driver that makes it what it is. */
function volumeGrounds(view: VolumeView, pod: PodView): Omit<Grounds, 'allowed'> {
  const {volume, type, path} = view;
  const isToken = isMountedToken(view, pod);
  const detail = volume.hostPath?.path ?? volume.csi?.driver ?? volume.flexVolume?.driver;
  return {
    at: view,
    where: path,
    does: isToken ? 'the token of the service account, of type' : 'is of type',
    value: detail === undefined ? type : `${type} (${detail})`,
    fix: () => ({
      says: isToken
        ? 'set automountServiceAccountToken: false, if nothing in it asks the API server'
        : 'remove with all mounts',
      edits: withoutVolume(pod, view),
    }),
  };
}

/** The types that a list effectively lets in. */
function expand(types: readonly string[], release: Release): readonly string[] {
  const {types: known} = knowledge(release);
  return types.includes('*') ? known : types.filter(type => known.includes(type));
}

function needsOf(pod: PodView): readonly string[] {
  return unique(
    pod.volumes.map(view =>
      isMountedToken(view, pod) || isServiceAccountToken(view.volume)
        ? 'service account token'
        : `${view.type} volumes`,
    ),
  );
}

/** Whether Kubernetes mounts a volume for the account of the pod. */
function isMountedToken({volume, type, name}: VolumeView, {pod}: PodView): boolean {
  return type === 'secret'
    ? name.startsWith(secretTokenPrefix(serviceAccountOf(pod)))
    : name.startsWith(tokenVolumePrefix) && isServiceAccountToken(volume);
}

/**
 * Whether a volume contains only what Kubernetes mounts into every pod: a pod that may mount secrets may
 * have it without `projected` (util.go, IsOnlyServiceAccountTokenSources).
 */
function isServiceAccountToken({projected}: Volume): boolean {
  return projected !== undefined && (projected.sources ?? []).every(isPartOfToken);
}

function isPartOfToken(source: ProjectedSource): boolean {
  const {serviceAccountToken: token, configMap, downwardAPI} = source;
  return (
    (token ?? configMap ?? downwardAPI) !== undefined &&
    (!token || (token.path === 'token' && !token.audience)) &&
    (!configMap || configMap.name === 'kube-root-ca.crt') &&
    (downwardAPI?.items ?? []).every(
      ({path, fieldRef}) =>
        path === 'namespace' &&
        fieldRef?.apiVersion === 'v1' &&
        fieldRef.fieldPath === 'metadata.namespace',
    )
  );
}

/** What nothing mounts can go; what is mounted has to be replaced. */
function planVolumes(
  {template, view}: JudgedTemplate,
  allowed: readonly string[],
): readonly PlannedStep[] {
  const types = view.volumes.filter(({type}) => !allowed.includes(type));
  return types.map(({name, type, volume}): PlannedStep => {
    const users = containersIn(template).filter(({container}) =>
      container.volumeMounts?.some(mount => mount.name === name),
    );
    const step = {where: 'pod', edits: [{kind: 'volume', name}]} as const;
    if (users.length === 0) {
      return {...step, asks: undefined, says: `remove volume ${name} (${type}): nothing mounts it`};
    }
    const path = type === 'hostPath' ? ` ${volume.hostPath?.path ?? ''}` : '';
    return {
      ...step,
      asks: `mounts ${type}${path} (volume ${name}) in ${users.map(({where}) => where).join(', ')}`,
      says: `replace volume ${name} with one of ${replacements}, or remove it and its mounts`,
    };
  });
}

const replacements =
  'persistentVolumeClaim, emptyDir, configMap, secret, projected, csi, ephemeral';
