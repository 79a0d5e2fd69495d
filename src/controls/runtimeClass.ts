import {always, cel} from '../cel/cel.ts';
import {duplicate, type FieldError, GoLiteral, invalid, required} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {fillsUnset} from './celFacet.ts';
import {defineControl, neverSet, withSpec} from './control.ts';
import type {Wording} from './objection.ts';
import {podRuntime} from './runtime.ts';
import {faultText} from './shared/celNames.ts';
import {choiceField, namesField} from './shared/fields.ts';
import {containsAll, dnsSubdomainProblems, shorter, unique} from './shared/names.ts';

interface Value {
  /** undefined does not restrict; an empty list forbids naming any; `*` allows all. */
  readonly allowed: readonly string[] | undefined;
  readonly fill: string | undefined;
}

const open: Value = {allowed: undefined, fill: undefined};
const none: Value = {allowed: [], fill: undefined};

/** The runtime classes that pods may name. Naming none is always allowed. */
export const runtimeClass = defineControl<Value>({
  id: 'runtimeClass',
  title: 'Runtime class',
  risk: 'A pod may pick a container runtime with weaker isolation, or one meant for others.',
  allows: 'Pods may choose these container runtimes, by the name of a RuntimeClass.',
  neededBy: 'pods that run in a sandbox (gVisor, Kata Containers) or on special hardware',
  field: '/spec/runtimeClass',

  read: ({spec: {runtimeClass: value}}) =>
    value === undefined
      ? open
      : {allowed: value.allowedRuntimeClassNames ?? [], fill: value.defaultRuntimeClassName},
  write: (policy, {allowed, fill}) =>
    withSpec(policy, {
      runtimeClass:
        allowed === undefined
          ? undefined
          : {allowedRuntimeClassNames: allowed, defaultRuntimeClassName: fill},
    }),

  loosest: open,
  covers: (looser, stricter) =>
    (isOpen(looser) ||
      (!isOpen(stricter) && containsAll(looser.allowed ?? [], stricter.allowed ?? []))) &&
    (looser.fill === undefined || stricter.fill !== undefined),
  steps: ({allowed, fill}) => [
    ...(allowed === undefined || allowed.length > 0
      ? [{label: 'forbid naming one', value: none}]
      : []),
    ...shorter(allowed ?? [], 'forbid').map(({label, value}) => ({
      label,
      value: {allowed: value, fill: fill !== undefined && value.includes(fill) ? fill : undefined},
    })),
    ...(allowed === undefined ? [] : [{label: 'allow every runtime class', value: open}]),
  ],

  enforce({allowed, fill}) {
    if (allowed === undefined) return undefined;
    const any = allowed.includes('*');
    const wording: Wording<string, undefined> = {
      error: name => invalid('spec.runtimeClassName', name, ''),
      grounds: (name, _, {runtimeClassName: asked}) => ({
        at: undefined,
        where: 'spec.runtimeClassName',
        does: asked === undefined ? 'is given runtime class' : 'names runtime class',
        value: name,
        allowed: allowed.join(', ') || 'none',
        fix: () => ({
          says: 'remove runtimeClassName',
          edits: [{at: ['spec', 'runtimeClassName'], value: undefined}],
        }),
      }),
    };
    return {
      pod(pod, report) {
        const asked = pod.runtimeClassName;
        if (asked === undefined && fill !== undefined) report.fillSpec('runtimeClassName', fill);
        const name = asked ?? fill;
        if (any || name === undefined || allowed.includes(name)) return;
        report.object(wording, name, undefined, pod);
      },
    };
  },
  validate,

  least: pods => ({
    allowed: unique(pods.flatMap(({runtimeClassName}) => runtimeClassName ?? [])),
    fill: undefined,
  }),
  needs: ({runtimeClassName: name}) => (name === undefined ? [] : [`runtime class ${name}`]),

  describe: ({allowed, fill}) =>
    [
      allowed === undefined || allowed.includes('*') ? 'any' : allowed.join(', ') || 'none named',
      ...(fill === undefined ? [] : [`default ${fill}`]),
    ].join('; '),
  fields: [
    choiceField<Value>({
      label: 'Classes',
      choices: ['any', 'those listed'],
      get: ({allowed}) => (allowed === undefined ? 'any' : 'those listed'),
      set: (_, choice) => (choice === 'any' ? open : none),
    }),
    namesField<Value>({
      label: 'Listed classes',
      choices: ['*'],
      hint: 'gvisor or *',
      items: ({allowed = []}) => allowed,
      set: (value, allowed) =>
        value.allowed === undefined && allowed.length === 0 ? value : {...value, allowed},
    }),
    namesField<Value>({
      label: 'Default class',
      hint: 'gvisor',
      most: 1,
      items: ({fill}) => (fill === undefined ? [] : [fill]),
      // Without a limit there is no place for a default; a list with `*` limits nothing either.
      set: ({allowed}, [fill]) => ({
        allowed: allowed ?? (fill === undefined ? undefined : ['*']),
        fill,
      }),
    }),
  ],

  hardening: 'allowed',
  // What stands behind a name, a sandbox or something weaker, is up to the node's configuration
  // (pkg/kubelet/runtimeclass/runtimeclass_manager.go, LookupRuntimeHandler): another name is a change.
  runtime: podRuntime({
    read: ({runtimeClassName}) => runtimeClassName ?? '',
    atMost: (one, other) => one === other,
    says: name => name || "the node's default",
  }),
  cel: {
    rules({allowed, fill}) {
      if (allowed === undefined || (allowed.includes('*') && fill === undefined)) return undefined;
      const any = allowed.includes('*');
      const accepts = (unset: boolean) =>
        cel`object.spec.?runtimeClassName.optMap(r, ${any ? always : cel`r in ${allowed}`}).orValue(${unset})`;
      return {
        pod: {
          unchanged: accepts(fill === undefined),
          filled: accepts(fill === undefined || any || allowed.includes(fill)),
          fault: faultText(
            cel`object.spec.?runtimeClassName.optMap(r, 'names runtime class ' + r).orValue('names no runtime class')`,
            allowed.join(', ') || 'none',
          ),
        },
        ...(fill === undefined ? {} : {writes: {runtimeClassName: cel`${fill}`}}),
      };
    },
    patches: {
      runtimeClassName: fillsUnset(
        ['spec', 'runtimeClassName'],
        cel`!object.spec.?runtimeClassName.hasValue()`,
      ),
    },
  },
  builtin: neverSet,
});

function isOpen({allowed}: Value): boolean {
  return allowed === undefined || allowed.includes('*');
}

function validate({spec: {runtimeClass: value}}: Policy, release: Release): readonly FieldError[] {
  if (value === undefined) return [];
  const {allowedRuntimeClassNames: names = [], defaultRuntimeClassName: fill} = value;
  const field = 'spec.runtimeClass.allowedRuntimeClassNames';
  const nameErrors = (at: string, name: string) =>
    dnsSubdomainProblems(name, release).map(problem => invalid(at, name, problem));
  return [
    ...names.flatMap((name, index) => [
      ...(name === '*' ? [] : nameErrors(`${field}[${index}]`, name)),
      ...(names.indexOf(name) < index ? [duplicate(`${field}[${index}]`, name)] : []),
    ]),
    ...(fill === undefined
      ? []
      : [
          ...nameErrors('spec.runtimeClass.defaultRuntimeClassName', fill),
          ...(names.includes(fill) || names.includes('*')
            ? []
            : [required(field, `default ${goQuote(fill)} must be allowed`)]),
        ]),
    ...(names.includes('*') && names.length > 1
      ? [
          invalid(
            field,
            new GoLiteral(`[]string{${names.map(goQuote).join(', ')}}`),
            "if '*' is present, must not specify other RuntimeClass names",
          ),
        ]
      : []),
  ];
}
