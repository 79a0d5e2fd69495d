import {workloadKinds} from '../../kube/workloadKinds.ts';

const pod = {kind: 'Pod', plural: 'pods', shortName: 'po'};

/** The kind that kubectl's name for it means: `deploy`, `deployments`, `Deployment`. */
export function kindOf(text: string): string {
  const [name = ''] = text.toLowerCase().split('.');
  const known = [pod, ...workloadKinds].find(({kind, plural, shortName}) =>
    [kind.toLowerCase(), plural, shortName].includes(name),
  );
  return known?.kind ?? text;
}
