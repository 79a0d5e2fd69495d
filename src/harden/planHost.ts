import {evaluate} from '../policy/evaluate.ts';
import type {Judged, Planner, Step} from './step.ts';
import {containersIn, setIn} from './step.ts';

export const planPrivileged: Planner = ({template}) =>
  containersIn(template)
    .filter(({container}) => container.securityContext?.privileged === true)
    .map(place => ({
      control: 'privileged',
      where: place.where,
      asks: 'is privileged',
      says: 'remove privileged: true',
      edits: [setIn(place, 'privileged', null)],
    }));

export function planHostFlag(field: 'hostNetwork' | 'hostPID' | 'hostIPC'): Planner {
  return () => [
    {
      control: field,
      where: 'pod',
      asks: `uses ${field}`,
      says: `remove ${field}: true`,
      edits: [{kind: 'spec', field}],
    },
  ];
}

/** On the host's network the API server fills in host ports; these go with the network. */
export const planHostPorts: Planner = ({template}) =>
  containersIn(template).flatMap(({list, name, where, container}) =>
    (container.ports ?? []).flatMap(({hostPort, containerPort}, index): readonly Step[] =>
      hostPort
        ? [
            {
              control: 'hostPorts',
              where,
              asks: `claims port ${hostPort} of the node`,
              says: `remove hostPort: ${hostPort}; a Service can lead to port ${containerPort ?? hostPort}`,
              edits: [{kind: 'hostPort', at: {list, name}, index}],
            },
          ]
        : [],
    ),
  );

/** What nothing mounts can go; what is mounted has to be replaced. */
export const planVolumes: Planner = ({template, view}, {policy}) => {
  const allowed = policy.spec.volumes ?? [];
  const types = view.volumes.filter(({type}) => !allowed.includes(type));
  return types.map(({name, type, volume}): Step => {
    const users = containersIn(template).filter(({container}) =>
      container.volumeMounts?.some(mount => mount.name === name),
    );
    const edits = [{kind: 'volume', name}] as const;
    const step = {control: 'volumes', where: 'pod', edits} as const;
    if (users.length === 0) {
      return {...step, asks: undefined, says: `remove volume ${name} (${type}): nothing mounts it`};
    }
    const path = type === 'hostPath' ? ` ${volume.hostPath?.path ?? ''}` : '';
    return {
      ...step,
      asks: `mounts ${type}${path} (volume ${name}) in ${users.map(({where}) => where).join(', ')}`,
      says: `replace volume ${name} by one of ${replacements}, or remove it and its mounts`,
    };
  });
};

const replacements =
  'persistentVolumeClaim, emptyDir, configMap, secret, projected, csi, ephemeral';

export const planProcMount: Planner = ({template}) =>
  containersIn(template)
    .filter(({container}) => (container.securityContext?.procMount ?? 'Default') !== 'Default')
    .map(place => ({
      control: 'allowedProcMountTypes',
      where: place.where,
      asks: `has procMount ${place.container.securityContext?.procMount}`,
      says: 'remove procMount',
      edits: [setIn(place, 'procMount', null)],
    }));

export const planSysctls: Planner = ({view}: Judged, {solos}) => {
  const solo = solos.find(({control}) => control.id === 'sysctls');
  if (solo === undefined) return [];
  const isRefused = (name: string) =>
    evaluate(solo.prepared, {...view, sysctls: [name]}).errors.length > 0;
  return [...new Set(view.sysctls)].filter(isRefused).map(name => ({
    control: 'sysctls',
    where: 'pod',
    asks: `sets sysctl ${name}`,
    says: `remove sysctl ${name}`,
    edits: [{kind: 'sysctl', name}],
  }));
};
