import {type FieldError, invalid, required} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {AllowedHostPath} from '../kube/objects.ts';
import type {ContainerView, PodView, VolumeView} from '../kube/podView.ts';
import {defineControl, type EntryProblem, neverSet, withSpec} from './control.ts';
import {type Wording, withoutVolume} from './objection.ts';
import {containerRuntime} from './runtime.ts';
import {listField} from './shared/fields.ts';
import {unique} from './shared/names.ts';
import {hostPathCheck} from './shared/volumesInCel.ts';

interface HostPath {
  readonly pathPrefix: string;
  readonly readOnly: boolean;
}

/** Which paths of the node a hostPath volume may show. An empty list allows all, writable. */
export const allowedHostPaths = defineControl<readonly HostPath[]>({
  id: 'allowedHostPaths',
  title: 'Host paths',
  risk: "A pod that can write the node's files can take over the node.",
  allows:
    'Where volumes of type hostPath are allowed, pods may mount these paths of the node and what is below.',
  neededBy: 'log collectors, node monitoring, network and storage plugins',
  field: '/spec/allowedHostPaths',
  volumeType: 'hostPath',

  read: ({spec}) =>
    (spec.allowedHostPaths ?? []).map(({pathPrefix = '', readOnly = false}) => ({
      pathPrefix,
      readOnly,
    })),
  write: (policy, paths) =>
    withSpec(policy, {allowedHostPaths: paths.length > 0 ? paths.map(plainest) : undefined}),

  loosest: [],
  covers: (looser, stricter) =>
    looser.length === 0 ||
    (stricter.length > 0 && stricter.every(path => looser.some(other => contains(other, path)))),
  steps: paths => [
    ...paths.flatMap((path, index) =>
      path.readOnly
        ? []
        : [
            {
              label: `only read ${path.pathPrefix}`,
              value: paths.map((other, i) => (i === index ? {...path, readOnly: true} : other)),
            },
          ],
    ),
    ...(paths.length > 1
      ? paths.map(path => ({
          label: `forbid ${word(path)}`,
          value: paths.filter(other => other !== path),
        }))
      : []),
    ...(paths.length === 0
      ? [{label: 'only read', value: [{pathPrefix: '/', readOnly: true}]}]
      : [{label: 'allow every path', value: []}]),
  ],

  enforce(paths) {
    if (paths.length === 0) return undefined;
    const wording = pathWording(paths);
    return {
      volume(view, pod, report) {
        if (view.type !== 'hostPath') return;
        const asked = pathOf(view);
        const matching = paths.filter(({pathPrefix}) => isUnder(asked, pathPrefix));
        if (matching.length === 0) report.object(wording, asked, view, pod);
        else if (matching.every(({readOnly}) => readOnly)) {
          for (const mount of writingMounts(pod, view.name)) {
            report.object(mountWording, {mount, asked}, mount.container, pod);
          }
        }
      },
    };
  },
  validate: ({spec}) => pathErrors(spec.allowedHostPaths ?? []),

  least: pods => outermost(pods.flatMap(pod => hostPathsOf(pod))),
  needs: pod => unique(hostPathsOf(pod).map(path => `host path ${word(path)}`)),

  describe: paths => (paths.length === 0 ? 'all' : paths.map(word).join(', ')),
  fields: [
    listField<readonly HostPath[], HostPath>({
      label: 'Allowed paths (all if empty)',
      hint: '/var/log or /var/log (read-only)',
      items: paths => paths,
      entry: word,
      parse: parsePath,
      set: (_, paths) => paths,
    }),
  ],

  hardening: 'allowed',
  // A container sees what it mounts and everything below; without readOnly it may write there
  // (pkg/kubelet/kubelet_pods.go, makeMounts). A subPath that narrows that is not looked at.
  runtime: containerRuntime({
    read: (container, pod) => outermost(mountedPaths(container, pod)),
    atMost: (one, other) => one.every(path => other.some(outer => contains(outer, path))),
    says: paths => paths.map(word).join(', ') || 'none',
  }),
  cel: {
    rules: paths =>
      paths.length === 0 ? undefined : {volume: hostPathCheck(paths, paths.map(word).join(', '))},
  },
  builtin: neverSet,
});

function hostPathsOf(pod: PodView): readonly HostPath[] {
  return pod.volumes.flatMap(({volume, name}: VolumeView) =>
    volume.hostPath
      ? [{pathPrefix: volume.hostPath.path ?? '', readOnly: writingMounts(pod, name).length === 0}]
      : [],
  );
}

/** The paths of the node that a container mounts, without slashes at the end. */
function mountedPaths({container}: ContainerView, pod: PodView): readonly HostPath[] {
  return (container.volumeMounts ?? []).flatMap(({name = '', readOnly}) =>
    pod.volumes
      .filter(volume => volume.name === name)
      .flatMap(({volume: {hostPath}}) => {
        if (hostPath === undefined) return [];
        const {path = ''} = hostPath;
        const pathPrefix = path.replace(/(?<=.)\/+$/, '');
        return [{pathPrefix, readOnly: readOnly === true}];
      }),
  );
}

/** The mounts of a volume that could write to it. */
function writingMounts(pod: PodView, volumeName: string): readonly WritingMount[] {
  return pod.containers.flatMap(container =>
    (container.container.volumeMounts ?? []).flatMap((mount, index) =>
      (mount.name ?? '') === volumeName && !mount.readOnly
        ? [{container, index, path: mount.mountPath ?? ''}]
        : [],
    ),
  );
}

interface WritingMount {
  readonly container: ContainerView;
  readonly index: number;
  /** Where in the container. */
  readonly path: string;
}

function pathOf({volume}: VolumeView): string {
  return volume.hostPath?.path ?? '';
}

/** Of paths that the policy does not allow. */
function pathWording(paths: readonly HostPath[]): Wording<string, VolumeView> {
  return {
    error: (asked, {path}) =>
      invalid(`${path}.hostPath.pathPrefix`, asked, 'is not allowed to be used'),
    grounds: (asked, view, pod) => ({
      at: view,
      where: `${view.path}.hostPath.path`,
      does: 'shows host path',
      value: asked,
      allowed: paths.map(word).join(', '),
      fix: () => ({
        says: 'remove with all mounts, or show a path that is allowed',
        edits: withoutVolume(pod, view),
      }),
    }),
  };
}

/** Of mounts that may write to a path which may only be read. */
const mountWording: Wording<{mount: WritingMount; asked: string}, ContainerView> = {
  error: ({mount}, container) =>
    invalid(`${container.path}.volumeMounts[${mount.index}].readOnly`, false, 'must be read-only'),
  grounds: ({mount: {index, path}, asked}, container) => ({
    at: container,
    where: `${container.path}.volumeMounts[${index}].readOnly`,
    does: 'may write to host path',
    value: `${asked} (mounted at ${path})`,
    allowed: 'only to read it',
    fix: () => ({
      says: `set readOnly: true for the mount at ${path}`,
      edits: [
        {
          at: ['spec', container.list, container.index, 'volumeMounts', index, 'readOnly'],
          value: true,
        },
      ],
    }),
  }),
};

function contains(outer: HostPath, inner: HostPath): boolean {
  return isUnder(inner.pathPrefix, outer.pathPrefix) && (!outer.readOnly || inner.readOnly);
}

/** The paths that lie in no other one, sorted. */
function outermost(paths: readonly HostPath[]): readonly HostPath[] {
  const sorted = [...paths].sort((a, b) => (word(a) < word(b) ? -1 : 1));
  return sorted.filter(
    (path, index) =>
      !sorted.some(
        (other, place) =>
          contains(other, path) && (place < index || (place > index && !contains(path, other))),
      ),
  );
}

/** One slash at the end of both sides is dropped, then whole segments count (util.go, hasPathPrefix). */
function isUnder(path: string, prefix: string): boolean {
  const inner = path.endsWith('/') ? path.slice(0, -1) : path;
  const outer = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return inner === outer || inner.startsWith(`${outer}/`);
}

function word({pathPrefix, readOnly}: HostPath): string {
  return readOnly ? `${pathPrefix} (read-only)` : pathPrefix;
}

/** The reverse of word(); `/var/log:ro` is read-only too, as docker and podman write it. */
function parsePath(text: string): HostPath | EntryProblem {
  const [, pathPrefix = text, readOnly] = /^(.*?)( *\(read-only\)| *:ro)$/.exec(text) ?? [];
  if (!pathPrefix.startsWith('/')) {
    // The API server takes it, but the paths of a node all begin with a slash.
    return {problem: `${goQuote(text)} does not begin with a slash: type /var/log`};
  }
  return {pathPrefix, readOnly: readOnly !== undefined};
}

function plainest({pathPrefix, readOnly}: HostPath): AllowedHostPath {
  return {pathPrefix, readOnly: readOnly ? true : undefined};
}

function pathErrors(paths: readonly AllowedHostPath[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, {pathPrefix = ''}] of paths.entries()) {
    const at = `spec.allowedHostPaths[${index}]`;
    if (pathPrefix === '') return [...errors, required(at, 'is required')]; // the others go unchecked
    if (pathPrefix.split('/').includes('..')) {
      errors.push(invalid(at, pathPrefix, "must not contain '..'"));
    }
  }
  return errors;
}
