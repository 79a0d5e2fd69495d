import {cel} from '../cel/cel.ts';
import {invalid, notSupported} from '../kube/fieldError.ts';
import type {ContainerView} from '../kube/podView.ts';
import {defineControl, neverSet, withSpec} from './control.ts';
import {containersIn, type JudgedTemplate, type PlannedStep, setIn} from './hardening.ts';
import {inContainer, securityFieldOf, type Wording} from './objection.ts';
import {containerRuntime, yesOrNo} from './runtime.ts';
import {faultText, ofContainer} from './shared/celNames.ts';
import {namesField} from './shared/fields.ts';
import {containsAll, shorter, unique} from './shared/names.ts';

const types = ['Default', 'Unmasked'];

/** Which types of /proc containers may have. An empty list means Default; a list replaces that. */
export const allowedProcMountTypes = defineControl<readonly string[]>({
  id: 'allowedProcMountTypes',
  title: '/proc',
  risk: 'An unmasked /proc shows what the kernel otherwise hides from containers, and lets them change it.',
  allows:
    'Containers may have these kinds of /proc: Default hides what is dangerous in there, Unmasked hides nothing.',
  neededBy: 'containers that start containers themselves, such as image builders',
  field: '/spec/allowedProcMountTypes',

  read: ({spec}) =>
    spec.allowedProcMountTypes && spec.allowedProcMountTypes.length > 0
      ? spec.allowedProcMountTypes
      : ['Default'],
  write: (policy, allowed) =>
    withSpec(policy, {
      allowedProcMountTypes: allowed.every(type => type === 'Default') ? undefined : allowed,
    }),

  loosest: types,
  covers: (looser, stricter) =>
    containsAll(
      looser,
      stricter.filter(type => types.includes(type)),
    ),
  steps: allowed => [
    ...(unique(allowed).length > 1 ? shorter(allowed, 'forbid') : []),
    ...(containsAll(allowed, types) ? [] : [{label: 'allow Default and Unmasked', value: types}]),
  ],

  enforce(allowed) {
    const wording: Wording<string, ContainerView> = {
      error: (procMount, container) =>
        invalid(securityFieldOf(container, 'procMount'), procMount, 'ProcMountType is not allowed'),
      grounds: (procMount, container) => ({
        at: container,
        where: securityFieldOf(container, 'procMount'),
        does: 'has procMount',
        value: procMount,
        allowed: allowed.join(', '),
        fix: () => ({
          says: `set procMount: ${allowed[0]}`,
          edits: [inContainer(container, 'procMount', allowed[0])],
        }),
      }),
    };
    return {
      container(container, pod, report) {
        const {procMount} = container;
        if (!allowed.includes(procMount)) report.object(wording, procMount, container, pod);
      },
    };
  },
  validate: ({spec}) =>
    (spec.allowedProcMountTypes ?? []).flatMap((type, index) =>
      types.includes(type)
        ? []
        : [notSupported(`spec.allowedProcMountTypes[${index}]`, type, types)],
    ),

  least: pods => unique(pods.flatMap(pod => pod.containers.map(container => container.procMount))),
  needs: pod =>
    unique(pod.containers.map(container => container.procMount))
      .filter(type => type !== 'Default')
      .map(type => `procMount ${type}`),

  describe: allowed => allowed.join(', '),
  fields: [
    namesField<readonly string[]>({
      label: 'Allowed kinds (Default if empty)',
      choices: types,
      hint: 'Default or Unmasked',
      items: allowed => allowed,
      set: (_, allowed) => (allowed.length > 0 ? allowed : ['Default']),
    }),
  ],
  hardening: {plan: planProcMount},
  // Only Unmasked leaves out the masked and read-only paths (pkg/securitycontext/util.go,
  // ConvertToRuntimeMaskedPaths); a privileged container has none of them either.
  runtime: containerRuntime({
    ...yesOrNo,
    says: unmasked => (unmasked ? 'Unmasked' : 'Default'),
    read: ({privileged, procMount}) => privileged || procMount === 'Unmasked',
    overruledBy: 'privileged',
  }),
  cel: {
    rules(allowed) {
      const type = cel`${ofContainer('procMount')}.orValue('Default')`;
      return {
        container: {
          unchanged: cel`${type} in ${allowed}`,
          fault: faultText(cel`'has procMount ' + ${type}`, allowed.join(', ')),
        },
      };
    },
  },
  // Not even in the open one: the API server drops the field while its alpha gate is off.
  builtin: neverSet,
  level: allowed => (allowed.every(type => type === 'Default') ? 'restricted' : 'privileged'),
});

function planProcMount({template}: JudgedTemplate): readonly PlannedStep[] {
  return containersIn(template)
    .filter(({container}) => (container.securityContext?.procMount ?? 'Default') !== 'Default')
    .map(place => ({
      where: place.where,
      asks: `has procMount ${place.container.securityContext?.procMount}`,
      says: 'remove procMount',
      edits: [setIn(place, 'procMount', null)],
    }));
}
