import {allOf, anyOf, type Cel, cel} from '../../cel/cel.ts';
import type {SELinuxOptions} from '../../kube/objects.ts';
import {type CelFacet, fillsUnset} from '../celFacet.ts';
import {faultText, ofContainer, ofPod} from './celNames.ts';
import {unique} from './names.ts';

/** Under another rule than MustRunAs there are no options. */
interface ContextRule {
  readonly options: SELinuxOptions | undefined;
}

export const seLinuxInCel: CelFacet<ContextRule> = {
  rules({options}) {
    if (options === undefined) return undefined;
    const matches = isContext(options);
    const allowed = ['user', 'role', 'type', 'level'] as const;
    const words = allowed
      .map(part => options[part] ?? '')
      .join(':')
      .replace(/^:::$/, 'none set');
    const accepts = (field: Cel, unset: boolean) =>
      cel`${field}.optMap(s, ${matches}).orValue(${unset})`;
    const fault = (field: Cel) =>
      faultText(
        cel`${field}.optMap(s, 'has SELinux context ' + ${contextText}).orValue('has no SELinux context')`,
        words,
      );
    const [pod, container] = [ofPod('seLinuxOptions'), ofContainer('seLinuxOptions')];
    return {
      pod: {unchanged: accepts(pod, false), filled: accepts(pod, true), fault: fault(pod)},
      container: {unchanged: accepts(container, true), fault: fault(container)},
      writes: {seLinuxOptions: cel`${given(options)}`},
    };
  },
  patches: {
    seLinuxOptions: fillsUnset(
      ['pod', 'seLinuxOptions'],
      cel`!${ofPod('seLinuxOptions')}.hasValue()`,
    ),
  },
};

const contextText = cel`[s.?user.orValue(''), s.?role.orValue(''), s.?type.orValue(''), s.?level.orValue('')].join(':')`;

function given({level, role, type, user}: SELinuxOptions): Readonly<Record<string, string>> {
  return {
    ...(level ? {level} : {}),
    ...(role ? {role} : {}),
    ...(type ? {type} : {}),
    ...(user ? {user} : {}),
  };
}

function isContext({level = '', role = '', type = '', user = ''}: SELinuxOptions): Cel {
  return allOf([
    isLevel(level),
    cel`s.?role.orValue('') == ${role}`,
    cel`s.?type.orValue('') == ${type}`,
    cel`s.?user.orValue('') == ${user}`,
  ]);
}

/** Categories may be in any order (selinux/mustrunas.go, v1.24): each as often as in the policy. */
function isLevel(level: string): Cel {
  const same = cel`s.?level.orValue('') == ${level}`;
  const colon = level.indexOf(':');
  const categories = level.slice(colon + 1).split(',');
  if (colon < 0 || categories.length < 2) return same;
  const own = cel`s.level.split(':', 2)[1].split(',')`;
  const shuffled = allOf([
    cel`s.?level.orValue('').startsWith(${level.slice(0, colon + 1)})`,
    cel`size(${own}) == ${categories.length}`,
    ...unique(categories).map(
      name =>
        cel`${own}.filter(x, x == ${name}).size() == ${categories.filter(other => other === name).length}`,
    ),
  ]);
  return anyOf([same, shuffled]);
}
