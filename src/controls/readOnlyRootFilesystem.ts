import {cel} from '../cel/cel.ts';
import {invalid} from '../kube/fieldError.ts';
import type {ContainerView} from '../kube/podView.ts';
import {fillsUnset} from './celFacet.ts';
import {defineControl, neverSet, withSpec} from './control.ts';
import {inContainer, securityFieldOf, type Wording} from './objection.ts';
import {containerRuntime, yesOrNo} from './runtime.ts';
import {ofContainer} from './shared/celNames.ts';
import {flagField} from './shared/fields.ts';

const isReadOnly = ofContainer('readOnlyRootFilesystem');

/** Whether every container must have a read-only root filesystem. */
export const readOnlyRootFilesystem = defineControl<boolean>({
  id: 'readOnlyRootFilesystem',
  title: 'Read-only root filesystem',
  risk: 'Whoever breaks into a container can replace the programs in it.',
  allows: 'Containers may write to their root filesystem, unless a read-only one is required.',
  neededBy: 'programs that write logs, caches or temporary files outside volumes',
  field: '/spec/readOnlyRootFilesystem',

  read: ({spec}) => spec.readOnlyRootFilesystem ?? false,
  write: (policy, required) => withSpec(policy, {readOnlyRootFilesystem: required}),

  loosest: false,
  covers: (looser, stricter) => !looser || stricter,
  steps: required => [
    required
      ? {label: 'let containers write to their root filesystem', value: false}
      : {label: 'require a read-only root filesystem', value: true},
  ],

  enforce(required) {
    if (!required) return undefined;
    return {
      container(container, pod, report) {
        const asked = container.readOnlyRootFilesystem;
        if (asked === undefined) report.fillContainer(container, 'readOnlyRootFilesystem', true);
        else if (!asked) report.object(wording, asked, container, pod);
      },
    };
  },

  least: pods =>
    pods.every(pod => pod.containers.every(container => container.readOnlyRootFilesystem)),
  needs: pod =>
    pod.containers.every(container => container.readOnlyRootFilesystem)
      ? []
      : ['readOnlyRootFilesystem is not true'],

  describe: required => (required ? 'required' : 'not required'),
  fields: [flagField('Read-only root filesystem', 'not required', 'required')],

  hardening: 'allowed',
  // Unset is writable (pkg/kubelet/kuberuntime/security_context.go, convertToRuntimeSecurityContext).
  runtime: containerRuntime({
    ...yesOrNo,
    says: writable => (writable ? 'not read-only' : 'read-only'),
    read: container => container.readOnlyRootFilesystem !== true,
  }),
  cel: {
    rules: required =>
      required
        ? {
            container: {
              unchanged: cel`${isReadOnly}.orValue(false)`,
              filled: cel`${isReadOnly}.orValue(true)`,
              fault: cel`${isReadOnly}.hasValue() ? 'sets readOnlyRootFilesystem: false; allowed: true' : 'does not set readOnlyRootFilesystem; allowed: true'`,
            },
            writes: {readOnlyRootFilesystem: cel`true`},
          }
        : undefined,
    patches: {
      readOnlyRootFilesystem: fillsUnset(
        ['container', 'readOnlyRootFilesystem'],
        cel`!${isReadOnly}.hasValue()`,
      ),
    },
  },
  builtin: neverSet,
});

const wording: Wording<false, ContainerView> = {
  error: (value, container) =>
    invalid(
      securityFieldOf(container, 'readOnlyRootFilesystem'),
      value,
      'ReadOnlyRootFilesystem must be set to true',
    ),
  grounds: (value, container) => ({
    at: container,
    where: securityFieldOf(container, 'readOnlyRootFilesystem'),
    does: 'sets readOnlyRootFilesystem:',
    value: String(value),
    allowed: 'true',
    fix: () => ({
      says: 'set readOnlyRootFilesystem: true',
      edits: [inContainer(container, 'readOnlyRootFilesystem', true)],
    }),
  }),
};
