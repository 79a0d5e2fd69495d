import {customCreatorOf, customKindOf} from '../../kube/customKinds.ts';
import {
  boolean,
  type Decoder,
  decodeAt,
  int32,
  list,
  object,
  string,
  type TypeOf,
} from '../../kube/decode.ts';
import {isObject, type Json} from '../../kube/json.ts';
import {type OwnerReference, objectMeta} from '../../kube/objects.ts';
import {decodePod, type Late, type Pod} from '../../kube/pod.ts';
import type {Volume} from '../../kube/volume.ts';
import {creatorAccountOf, homeGroupOf, workloadKindOf} from '../../kube/workloadKinds.ts';
import {type Identity, tokenIdentity} from '../../rbac/authorize.ts';

const workloadFields = object({
  apiVersion: string,
  kind: string,
  metadata: objectMeta,
  replicas: int32,
  suspend: boolean,
  template: decodePod,
  volumeClaims: list(string, ''),
  templateAt: list(string, ''),
  part: string,
});

/** An object with a pod template, of a known kind or of one that just looks like a workload. */
export interface Workload extends TypeOf<typeof workloadFields> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: TypeOf<typeof objectMeta>;
  /** The pod as it is in the template. */
  readonly template: Pod;
  /** The keys that lead to the template; undefined: where the kind has it. */
  readonly templateAt: readonly string[] | undefined;
  /** What distinguishes the template from others of the same object: `nodeSets[0]`; undefined if there are none. */
  readonly part: string | undefined;
}

/** What identifies an object: its API group, kind, namespace and name. */
export function workloadKey({
  apiVersion,
  kind,
  metadata: {namespace = '', name = ''},
}: WorkloadHead): string {
  return [homeGroupOf(apiVersion, kind), kind, namespace, name].join('/');
}

interface WorkloadHead extends Pick<Workload, 'apiVersion' | 'kind'> {
  readonly metadata: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
  };
}

/** The keys that lead from a workload to its pod template. */
export function templatePath({
  apiVersion,
  kind,
  templateAt,
}: Pick<Workload, 'apiVersion' | 'kind' | 'templateAt'>): readonly string[] {
  return templateAt ?? workloadKindOf(apiVersion, kind)?.template ?? ['spec', 'template'];
}

/** Reads a workload of one of Kubernetes' own kinds from its object; throws a DecodeError. */
export const decodeWorkload: Decoder<Workload> = value => workloadAt(value, undefined);

/** Reads a workload whose template is at these keys; throws a DecodeError. */
export function workloadAt(value: Json, templateAt: readonly string[] | undefined): Workload {
  const source = isObject(value) ? value : {};
  const {apiVersion = '', kind = '', metadata} = workloadHead(source);
  const path = templatePath({apiVersion, kind, templateAt});
  const template = at(source, path) ?? {};
  const claims = at(source, [...path.slice(0, -1), 'volumeClaimTemplates']);
  // Kinds that are not Kubernetes' own may have anything there.
  const fields = templateAt === undefined ? decodeAt('spec', spec, source.spec ?? {}) : undefined;
  return {
    templateAt,
    part: undefined,
    apiVersion,
    kind,
    metadata: metadata ?? objectMeta({}),
    replicas: fields?.replicas,
    suspend: fields?.suspend,
    template: withoutEmptyLists(decodeAt(path.join('.'), decodePod, template)),
    volumeClaims:
      claims && hasClaims(apiVersion, kind)
        ? decodeAt('spec', volumeClaimNames, claims)
        : undefined,
  };
}

/** Whether volumeClaimTemplates beside the template become volumes of the pods. */
function hasClaims(apiVersion: string, kind: string): boolean {
  const own = workloadKindOf(apiVersion, kind);
  return own === undefined ? customKindOf(apiVersion, kind) !== undefined : own.numbersPods;
}

/** Like decodeWorkload, for an object whose spec is read when somebody asks for it; that may throw. */
export function decodeLateWorkload(late: Late): Workload {
  let known: Workload | undefined;
  const whole = (): Workload => {
    known ??= wholeOf(late);
    return known;
  };
  const {apiVersion, kind, metadata} = late;
  const workload = {
    apiVersion,
    kind,
    metadata,
    templateAt: undefined,
    part: undefined,
    get replicas() {
      return whole().replicas;
    },
    get suspend() {
      return whole().suspend;
    },
    get template() {
      return whole().template;
    },
    get volumeClaims() {
      return whole().volumeClaims;
    },
  };
  lates.set(workload, late);
  return workload;
}

const lates = new WeakMap<Workload, Late>();

function wholeOf({apiVersion, kind, spec}: Late): Workload {
  return decodeWorkload({apiVersion, kind, spec: spec()});
}

/** The workload read anew, as passingPod does. May throw. */
export function passingWorkload(workload: Workload): Workload {
  const late = lates.get(workload);
  if (late === undefined) return workload;
  const {replicas, suspend, template, volumeClaims} = wholeOf(late);
  const {apiVersion, kind, metadata, templateAt, part} = workload;
  return {
    apiVersion,
    kind,
    metadata,
    templateAt,
    part,
    replicas,
    suspend,
    template,
    volumeClaims,
  };
}

const workloadHead = object({apiVersion: string, kind: string, metadata: objectMeta});
const spec = object({replicas: int32, suspend: boolean});
const claim = object({metadata: object({name: string})});
const volumeClaimNames = (value: Json) =>
  list(claim)(value).map(({metadata}) => metadata?.name ?? '');

/** Reads a workload from a snapshot, where the template is always in the same place. */
export const decodeStoredWorkload: Decoder<Workload> = value => {
  const fields = workloadFields(value);
  return {
    ...fields,
    apiVersion: fields.apiVersion ?? '',
    kind: fields.kind ?? '',
    metadata: fields.metadata ?? objectMeta({}),
    template: fields.template ?? decodePod({}),
  };
};

/**
 * Templates travel to controllers and back as protobuf, which has no empty lists: they become unset.
 * It makes a difference only for supplementalGroups.
 */
function withoutEmptyLists(pod: Pod): Pod {
  const context = pod.spec.securityContext;
  if (context?.supplementalGroups?.length !== 0) return pod;
  return {
    ...pod,
    spec: {...pod.spec, securityContext: {...context, supplementalGroups: undefined}},
  };
}

/** The pod that the workload's controller submits. */
export function podOfWorkload(workload: Workload): Pod {
  const {apiVersion, kind, metadata, template, volumeClaims = []} = workload;
  const name = metadata.name ?? '';
  const isNumbered = workloadKindOf(apiVersion, kind)?.numbersPods === true;
  return {
    metadata: {
      ...template.metadata,
      name: isNumbered ? `${name}-0` : undefined,
      generateName: isNumbered ? undefined : `${name}-`,
      namespace: metadata.namespace,
    },
    spec: {...template.spec, volumes: withClaims(template.spec.volumes, volumeClaims)},
  };
}

/** The claims of a StatefulSet come first and replace volumes of their names (stateful_set_utils.go). */
function withClaims(
  volumes: readonly Volume[] | undefined,
  claims: readonly string[],
): readonly Volume[] | undefined {
  if (claims.length === 0) return volumes;
  return [
    ...claims.map(name => ({name, persistentVolumeClaim: {}})),
    ...(volumes ?? []).filter(({name}) => !claims.includes(name ?? '')),
  ];
}

/** Who creates the pods of a workload; undefined if that is unknown. */
export function creatorOf(workload: Workload): Identity | undefined {
  const {apiVersion, kind} = workload;
  const custom = customKindOf(apiVersion, kind);
  if (custom === undefined) return creatorOfOwned({apiVersion, kind});
  return identityOf({creator: customCreatorOf(custom, templatePath(workload))});
}

/** Who creates the pods that an object controls itself; undefined if that is unknown. */
export function creatorOfOwned({
  apiVersion = '',
  kind = '',
}: Pick<OwnerReference, 'apiVersion' | 'kind'>): Identity | undefined {
  const row = workloadKindOf(apiVersion, kind);
  return row && identityOf(row);
}

function identityOf(row: Parameters<typeof creatorAccountOf>[0]): Identity | undefined {
  const account = creatorAccountOf(row);
  return account === undefined ? undefined : tokenIdentity('kube-system', account);
}

/** The owner that controls an object, if there is one. */
export function controllerReference(
  owners: readonly OwnerReference[] | undefined,
): OwnerReference | undefined {
  return owners?.find(({controller}) => controller === true);
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((tree, key) => {
    if (Array.isArray(tree)) return tree[Number(key)];
    return isObject(tree) ? tree[key] : undefined;
  }, value);
}
