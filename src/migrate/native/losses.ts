import {controls} from '../../controls/index.ts';
import {largestObject} from '../../inventory/native/nativeLimits.ts';
import type {NativeOptions} from '../../inventory/native/options.ts';
import {type JsonObject, printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {lastRelease} from '../../kube/release.ts';
import {count} from '../../text.ts';

/** Something that a policy does and that what takes its place does not. */
export interface Loss {
  /** undefined: all of them. */
  readonly policy: string | undefined;
  /** A sentence. */
  readonly says: string;
}

/** What else about the objects decides what is lost. */
interface Made {
  readonly groupSize: number;
  readonly isFolded: boolean;
  readonly isWithoutSources: boolean;
  readonly objects: readonly JsonObject[];
}

/** What is lost with these options. */
export function lossesOf(
  policies: readonly Policy[],
  {mode}: Pick<NativeOptions, 'mode'>,
  {groupSize, isFolded, isWithoutSources, objects}: Made,
): readonly Loss[] {
  const ofPolicies = policies.flatMap(policy => {
    const {name} = policy.metadata;
    const written = writesOf(policy);
    const defaults = written.length === 0 ? [] : [lossOfDefaults(mode, written)];
    const unsaid = mode === 'full' ? controls.flatMap(({cel}) => cel.lost(policy)) : [];
    return [...defaults.flatMap(says => says ?? []), ...unsaid].map(says => ({policy: name, says}));
  });
  const tooMany =
    mode !== 'full' && policies.length > groupSize
      ? [
          {
            policy: undefined,
            says: `With more than ${count(groupSize, 'policy', 'policies')}, a pod may have to name the one that it is for in the annotation kubernetes.io/psp: the server refuses to ask for more rights than that.`,
          },
        ]
      : [];
  const open =
    mode === 'audit' && policies.length > 0
      ? [{policy: undefined, says: 'No pod is refused: the server warns, and tells its audit log.'}]
      : [];
  const folded = isFolded
    ? [
        {
          policy: undefined,
          says: 'Policies that differ in values alone are tried where somebody could use them by the bindings of now: a later binding to one of them counts once these objects are made again.',
        },
      ]
    : [];
  const unkept = isWithoutSources
    ? [
        {
          policy: undefined,
          says: 'The PodSecurityPolicies are too many to travel in these files: keep their manifests.',
        },
      ]
    : [];
  return [...tooLarge(objects), ...open, ...tooMany, ...folded, ...unkept, ...ofPolicies];
}

function tooLarge(objects: readonly JsonObject[]): readonly Loss[] {
  return objects
    .map(object => ({kind: String(object.kind), size: printJson(object).length}))
    .filter(({size}) => size > largestObject)
    .map(({kind, size}) => ({
      policy: undefined,
      says: `The ${kind} has ${Math.ceil(size / 1024)} KiB, and an API server takes 1.5 MiB: these are too many policies that differ in more than values, or whose grants are not known here.`,
    }));
}

function lossOfDefaults(
  mode: NativeOptions['mode'],
  fields: readonly string[],
): string | undefined {
  if (mode === 'full') return undefined;
  const list = fields.join(', ');
  return mode === 'validate'
    ? `It writes ${list} into pods that leave that out; they are refused instead. "kubectl psp migrate patches" adds it to workloads.`
    : `It writes ${list} into pods that leave that out; nothing does that now.`;
}

/** The fields that a policy has defaults for. */
function writesOf(policy: Policy): readonly string[] {
  return controls.flatMap(({cel}) =>
    Object.keys(cel.rules(policy, lastRelease).writes ?? {}).map(
      name => cel.patches[name]?.at[1] ?? name,
    ),
  );
}
