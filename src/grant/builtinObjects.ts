import type {Level} from '../controls/control.ts';
import {appArmorAllowedKey, seccompAllowedKey} from '../kube/annotations.ts';
import {pointer} from '../kube/edits.ts';
import type {Policy} from '../kube/objects.ts';
import {type BuiltinOptions, builtinLevels, builtinName, builtinPolicy} from '../policy/builtin.ts';
import {levelText} from '../policy/level.ts';
import {bindingFor, type GrantObject, roleFor, subjectOf} from './grantObjects.ts';

/** An object to be applied, a policy or a grant of it, and what to say about it. */
export type BuiltinObject = ({readonly policy: Policy} | {readonly grant: GrantObject}) & {
  /** Lines above the object. */
  readonly header: readonly string[];
  /** Lines above its fields, by JSON pointer. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
};

/**
 * The built-in policies with their roles and bindings, from open to strict regardless of the order asked
 * for: `restricted` for everybody, `privileged` for what runs in kube-system, `baseline` for nobody yet.
 */
export function builtinObjects(
  levels: readonly Level[],
  options: BuiltinOptions,
): readonly BuiltinObject[] {
  return builtinLevels
    .filter(level => levels.includes(level))
    .flatMap(level => [
      policyWithWords(level, options),
      {grant: roleOf(level), header: roleWords[level], comments: noComments},
      ...bindingsOf(level),
    ]);
}

const noComments: ReadonlyMap<string, readonly string[]> = new Map();

function policyWithWords(level: Level, options: BuiltinOptions): BuiltinObject {
  const lines = level === 'privileged' ? [] : Object.entries(fieldWords(level, options));
  const policy = builtinPolicy(level, options);
  return {
    policy,
    header: [...policyWords(options)[level], `Level: ${levelText(policy)}.`],
    comments: new Map(lines),
  };
}

function policyWords({appArmor}: BuiltinOptions): Readonly<Record<Level, readonly string[]>> {
  const profiles = appArmor ? 'seccomp and AppArmor profiles' : 'seccomp profile';
  return {
    privileged: [
      'Lets every pod in as it is: for system pods and for cluster admins.',
      'Its name sorts before pss-restricted, so pods that may use both are left alone.',
    ],
    baseline: [
      'The baseline Pod Security Standard of Kubernetes v1.24: no known way to more privileges.',
      `It fills in the ${profiles} of the runtime where a pod names none.`,
    ],
    restricted: [
      'The restricted Pod Security Standard of Kubernetes v1.24.',
      `It fills in what pods leave unset: no escalation, drop ALL, non-root, ${profiles}.`,
      'A pod whose image runs as root is let in and then fails to start: it needs pss-baseline.',
    ],
  };
}

function fieldWords(
  level: Level,
  {appArmor}: BuiltinOptions,
): Readonly<Record<string, readonly string[]>> {
  return {
    [pointer(['metadata', 'annotations', seccompAllowedKey])]: [
      'the standard allows localhost/* too, which has no wildcard here: add profiles by name',
    ],
    ...(appArmor
      ? {
          [pointer(['metadata', 'annotations', appArmorAllowedKey])]: [
            'nodes without AppArmor refuse pods that name a profile: print with --no-apparmor for those',
          ],
        }
      : {}),
    '/spec': [
      'privileged, hostNetwork, hostPID, hostIPC and host ports are off because they are not named',
    ],
    '/spec/seLinux': [
      'the standard allows a level and the types container_t, container_init_t and container_kvm_t;',
      'a policy can allow only one context: pods may not set any',
    ],
    ...(level === 'baseline' ? {'/spec/volumes': ['all types but hostPath']} : {}),
  };
}

const roleWords: Readonly<Record<Level, readonly string[]>> = {
  privileged: [
    'Cluster admins need no binding: ClusterRole cluster-admin lets whoever is bound to it use every',
    'policy. For admission, that role counts, and not the group system:masters itself.',
  ],
  baseline: [
    'Bound to nobody. For a namespace whose pods need it:',
    `kubectl create rolebinding psp:${builtinName('baseline')} -n NS --clusterrole=psp:${builtinName('baseline')} --group=system:serviceaccounts:NS`,
  ],
  restricted: [],
};

function roleOf(level: Level): GrantObject {
  return roleFor(builtinName(level), undefined);
}

function bindingsOf(level: Level): readonly BuiltinObject[] {
  switch (level) {
    case 'baseline':
      return [];
    case 'privileged':
      return [
        {
          grant: bindingOf(
            level,
            ['system:nodes', 'system:serviceaccounts:kube-system'],
            'kube-system',
          ),
          header: [
            'Nodes, for the mirror pods of static pods, and the service accounts of kube-system. Only for',
            'pods in kube-system: bound to the whole cluster, the controllers among those accounts would',
            'open the policy to the workloads of every namespace.',
          ],
          comments: noComments,
        },
      ];
    case 'restricted':
      return [
        {
          grant: bindingOf(level, ['system:authenticated', 'system:serviceaccounts'], undefined),
          header: [
            "Everybody. The accounts of pods have a line of their own: admission doesn't count",
            'them as authenticated.',
          ],
          comments: noComments,
        },
      ];
  }
}

function bindingOf(
  level: Level,
  groups: readonly string[],
  namespace: string | undefined,
): GrantObject {
  const subjects = groups.map(name => subjectOf({kind: 'Group', namespace: undefined, name}));
  return bindingFor(roleOf(level), namespace, subjects);
}
