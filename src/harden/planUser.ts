import type {PodEdit} from './edits.ts';
import type {PlacedContainer, Planner, Step} from './step.ts';
import {containersIn, setIn} from './step.ts';

const control = 'runAsUser';

/**
 * Non-root, said once for the pod where that contradicts no container, else by container. What says root or
 * `runAsNonRoot: false` is for people to decide: the image has to be made for another user.
 */
export const planUser: Planner = ({template}) => {
  const {runAsUser, runAsNonRoot} = template.spec.securityContext ?? {};
  const containers = containersIn(template);
  const pod = podDecision(runAsUser === 0, runAsNonRoot);
  const decided = containers.flatMap(place =>
    containerDecision(place, pod !== undefined, runAsNonRoot),
  );
  const covered = pod !== undefined || runAsNonRoot === true;
  const silent = covered ? [] : containers.filter(isSilent);
  const anyRoot = silent.some(isRoot);
  const changes: readonly Step[] =
    silent.length === 0
      ? []
      : anyRoot
        ? silent.filter(place => !isRoot(place)).map(nonRootIn)
        : [nonRootPod];
  return [...changes, ...(pod === undefined ? [] : [pod]), ...decided];
};

const nonRootPod: Step = {
  control,
  where: 'pod',
  asks: undefined,
  says: 'set runAsNonRoot: true',
  edits: [{kind: 'pod', field: 'runAsNonRoot', value: true}],
};

function nonRootIn(place: PlacedContainer): Step {
  return {
    control,
    where: place.where,
    asks: undefined,
    says: 'set runAsNonRoot: true',
    edits: [setIn(place, 'runAsNonRoot', true)],
  };
}

/** Whether a container leaves it to the pod if it may be root. */
function isSilent({container}: PlacedContainer): boolean {
  return container.securityContext?.runAsNonRoot === undefined;
}

function isRoot({container}: PlacedContainer): boolean {
  return container.securityContext?.runAsUser === 0;
}

function podDecision(isRootUser: boolean, runAsNonRoot: boolean | undefined): Step | undefined {
  if (!isRootUser && runAsNonRoot !== false) return undefined;
  const edits: readonly PodEdit[] = [
    ...(isRootUser ? [{kind: 'pod', field: 'runAsUser', value: null} as const] : []),
    ...(runAsNonRoot === true ? [] : [{kind: 'pod', field: 'runAsNonRoot', value: true} as const]),
  ];
  return {control, where: 'pod', ...words(isRootUser), edits};
}

function containerDecision(
  place: PlacedContainer,
  podDecides: boolean,
  podNonRoot: boolean | undefined,
): readonly Step[] {
  const own = place.container.securityContext?.runAsNonRoot;
  if (!isRoot(place) && own !== false) return [];
  const inherits = own === undefined && (podDecides || podNonRoot === true);
  const edits = [
    ...(isRoot(place) ? [setIn(place, 'runAsUser', null)] : []),
    ...(own === true || inherits ? [] : [setIn(place, 'runAsNonRoot', true)]),
  ];
  return [{control, where: place.where, ...words(isRoot(place)), edits}];
}

function words(isRootUser: boolean): Pick<Step, 'asks' | 'says'> {
  return isRootUser
    ? {
        asks: 'runs as root (runAsUser: 0)',
        says: 'name another user that the image works with, or remove runAsUser, and set runAsNonRoot: true',
      }
    : {asks: 'says runAsNonRoot: false', says: 'set runAsNonRoot: true'};
}
