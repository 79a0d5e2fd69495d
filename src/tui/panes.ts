import type {View} from './session.ts';

/** The views of the same thing that Tab leads through, this one among them; undefined if there are none. */
function ringOf(view: View): readonly View[] | undefined {
  switch (view.name) {
    case 'namespaces':
    case 'policies':
      return wholeRing;
    case 'workloads':
    case 'grants':
    case 'findings':
      return view.namespace === undefined ? wholeRing : namespaceRing(view.namespace);
    case 'accounts':
      return namespaceRing(view.namespace);
    case 'pods': {
      const {namespace, account, policy} = view;
      if (policy !== undefined) return policyRing(policy);
      if (namespace === undefined) return wholeRing;
      return account === undefined ? namespaceRing(namespace) : accountRing(namespace, account);
    }
    case 'rights': {
      const [, namespace, account] = /^sa:([^/]+)\/(.+)$/.exec(view.subject) ?? [];
      return namespace === undefined || account === undefined
        ? undefined
        : accountRing(namespace, account);
    }
    case 'policy':
    case 'subjects':
      return policyRing(view.policy);
    case 'describe':
      return view.what === 'policy' ? policyRing(view.key) : undefined;
    default:
      return undefined;
  }
}

const wholeRing: readonly View[] = [
  {name: 'namespaces'},
  {name: 'pods'},
  {name: 'workloads'},
  {name: 'policies'},
  {name: 'grants'},
  {name: 'findings'},
];

function namespaceRing(namespace: string): readonly View[] {
  return [
    {name: 'accounts', namespace},
    {name: 'pods', namespace},
    {name: 'workloads', namespace},
    {name: 'grants', namespace},
    {name: 'findings', namespace},
  ];
}

function accountRing(namespace: string, account: string): readonly View[] {
  return [
    {name: 'pods', namespace, account},
    {name: 'rights', subject: `sa:${namespace}/${account}`},
  ];
}

function policyRing(policy: string): readonly View[] {
  return [
    {name: 'policy', policy},
    {name: 'subjects', policy},
    {name: 'pods', policy},
    {name: 'describe', what: 'policy', key: policy},
  ];
}

const aboutPolicies: ReadonlySet<View['name']> = new Set<View['name']>([
  'policies',
  'policy',
  'values',
  'walk',
  'impact',
  'diff',
  'waysIn',
  'subjects',
  'rights',
  'grants',
]);

/** Whether a view has something to say only where policies decide. */
export function isOfPolicies({name}: View): boolean {
  return aboutPolicies.has(name);
}

/** The next view of the same thing, or the one before; undefined if there is no other. */
export function nextPane(view: View, direction: 1 | -1, byLabels: boolean): View | undefined {
  const ring = ringOf(view)?.filter(each => !byLabels || !isOfPolicies(each));
  if (ring === undefined) return undefined;
  const place = ring.findIndex(each => each.name === view.name);
  return ring[(place + direction + ring.length) % ring.length];
}

const paneWords: Partial<Readonly<Record<View['name'], string>>> = {
  namespaces: 'namespaces',
  accounts: 'accounts',
  pods: 'pods',
  workloads: 'workloads',
  policies: 'policies',
  policy: 'editor',
  subjects: 'who may use it',
  rights: 'what it may use',
  grants: 'grants',
  findings: 'findings',
  describe: 'YAML',
};

/** What Tab leads to, in words; undefined if nowhere. */
export function nextPaneWords(view: View, byLabels: boolean): string | undefined {
  const next = nextPane(view, 1, byLabels);
  return next && paneWords[next.name];
}
