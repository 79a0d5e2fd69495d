import {cel} from '../cel/cel.ts';
import {fillsUnset} from './celFacet.ts';
import {defineControl, neverSet, withSpec} from './control.ts';
import {inContainer, securityFieldOf} from './objection.ts';
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
      container(container, _pod, report) {
        if (container.readOnlyRootFilesystem === undefined) {
          report.fillContainer(container, 'readOnlyRootFilesystem', true);
        } else if (!container.readOnlyRootFilesystem) {
          const where = securityFieldOf(container, 'readOnlyRootFilesystem');
          report.invalid(where, false, 'ReadOnlyRootFilesystem must be set to true', () => ({
            at: container,
            where,
            does: 'sets readOnlyRootFilesystem:',
            value: 'false',
            allowed: 'true',
            fix: () => ({
              says: 'set readOnlyRootFilesystem: true',
              edits: [inContainer(container, 'readOnlyRootFilesystem', true)],
            }),
          }));
        }
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
