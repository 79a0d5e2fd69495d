import {allOf, always, type Cel, cel, celName, concatenated, isSame} from '../../cel/cel.ts';
import type {CelCheck, CelRules} from '../../controls/celFacet.ts';
import {controls} from '../../controls/index.ts';
import type {Policy} from '../../kube/objects.ts';
import type {Release} from '../../kube/release.ts';

/** What a control asks in one or more policies: asked once for all of them. */
export interface SharedCheck {
  /** Such as `runAsUser_2`: the second value of the control among the policies. */
  readonly name: string;
  readonly rules: CelRules;
}

/** A policy with what each control asks and writes. */
export interface RuledPolicy {
  readonly name: string;
  /** A row for every control, in their order. */
  readonly rules: readonly ControlRules[];
}

export interface ControlRules {
  readonly id: string;
  readonly rules: CelRules;
}

export function ruledPolicies(
  policies: readonly Policy[],
  release: Release,
): readonly RuledPolicy[] {
  return policies.map(policy => ({
    name: policy.metadata.name,
    rules: controls.map(({id, cel: facet}) => ({id, rules: facet.rules(policy, release)})),
  }));
}

/** The defaults of a policy by the name of their patch. */
export function writesOf(rules: readonly ControlRules[]): Readonly<Record<string, Cel>> {
  return Object.assign({}, ...rules.map(({rules: own}) => own.writes));
}

/** Makes the checks of policies, with equal values of a control as one check. */
export function checkMaker(): (rules: readonly ControlRules[]) => readonly SharedCheck[] {
  const known = new Map<string, SharedCheck>();
  const counts = new Map<string, number>();
  const share = ({id, rules}: ControlRules): SharedCheck => {
    const key = `${id} ${keyOf(rules)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const number = (counts.get(id) ?? 0) + 1;
    const made = {name: `${id}_${number}`, rules};
    counts.set(id, number);
    known.set(key, made);
    return made;
  };
  return all => all.filter(({rules}) => asks(rules)).map(share);
}

function scopesOf({pod, volume, container}: CelRules): readonly CelCheck[] {
  return [pod, volume, container].filter(check => check !== undefined);
}

function asks(rules: CelRules): boolean {
  return scopesOf(rules).length > 0;
}

function keyOf(rules: CelRules): string {
  return scopesOf(rules)
    .flatMap(({unchanged, filled, fault}) => [unchanged, filled ?? '', fault])
    .join('\n');
}

/** By which pods are judged: as they are, or as they would be with the defaults of the policy. */
export type Judged = 'asIs' | 'filled';

/** The name of a check's variable; both ways of judging share it where they don't differ. */
export function checkName(check: SharedCheck, judged: Judged): string {
  return fills(check) ? `${check.name}_${judged}` : check.name;
}

/** Whether defaults make a difference to the check. */
export function fills({rules}: SharedCheck): boolean {
  return scopesOf(rules).some(({unchanged, filled = unchanged}) => !isSame(unchanged, filled));
}

/** Whether the pod passes the check. */
export function passes({rules: {pod, volume, container}}: SharedCheck, judged: Judged): Cel {
  const each = (list: string, item: string, check: CelCheck | undefined) => {
    const accepts = check === undefined ? always : acceptedBy(check, judged);
    return isSame(accepts, always)
      ? always
      : cel`variables.${celName(list)}.all(${celName(item)}, ${accepts})`;
  };
  return allOf([
    pod === undefined ? always : acceptedBy(pod, judged),
    each('volumes', 'v', volume),
    each('containers', 'c', container),
  ]);
}

function acceptedBy({unchanged, filled = unchanged}: CelCheck, judged: Judged): Cel {
  return judged === 'asIs' ? unchanged : filled;
}

/** What is at fault in the pod, as a list of texts. `either` asks by the variable `isUnfilled`. */
export function faults(
  {rules: {pod, volume, container}}: SharedCheck,
  judged: Judged | 'either',
): Cel {
  const accepts = (check: CelCheck) =>
    judged === 'either' && check.filled !== undefined
      ? cel`variables.isUnfilled ? ${check.unchanged} : ${check.filled}`
      : acceptedBy(check, judged === 'either' ? 'asIs' : judged);
  return concatenated([
    ...(pod === undefined ? [] : [cel`(${accepts(pod)} ? [] : [${pod.fault}])`]),
    ...(volume === undefined
      ? []
      : [
          cel`variables.volumes.filter(v, !${accepts(volume)}).map(v, 'volume ' + v.name + ' ' + ${volume.fault})`,
        ]),
    ...(container === undefined
      ? []
      : [
          cel`variables.containers.filter(c, !${accepts(container)}).map(c, 'container ' + c.name + ' ' + ${container.fault})`,
        ]),
  ]);
}
