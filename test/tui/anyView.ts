import {emptyInventory} from '../../src/inventory/inventory.ts';
import type {View} from '../../src/tui/session.ts';

/** Every view of a session of the demo. The compiler asks for one of each name. */
const byName: {readonly [N in View['name']]: readonly Extract<View, {readonly name: N}>[]} = {
  namespaces: [{name: 'namespaces'}],
  accounts: [{name: 'accounts', namespace: 'shop'}],
  pods: [{name: 'pods'}, {name: 'pods', namespace: 'ci'}],
  why: [{name: 'why', item: 'ci/Pod/runner-7f4c2'}],
  waysIn: [{name: 'waysIn', item: 'ci/Pod/runner-7f4c2'}],
  policies: [{name: 'policies'}],
  policy: [
    {name: 'policy', policy: 'data'},
    {name: 'policy', policy: 'data', item: 'ci/Pod/runner-7f4c2'},
  ],
  values: [
    {name: 'values', policy: 'data', control: 'volumes'},
    {name: 'values', policy: 'data', control: 'runAsUser'},
  ],
  walk: [
    {name: 'walk', policy: 'data', step: 5},
    {name: 'walk', policy: 'data', step: 99},
  ],
  impact: [{name: 'impact', policy: 'data', kind: 'stay'}],
  diff: [{name: 'diff', policy: 'data'}],
  advise: [{name: 'advise', scope: 'namespace'}],
  advice: [{name: 'advice', scope: 'namespace', policy: 'shop'}],
  subjects: [{name: 'subjects', policy: 'privileged'}],
  rights: [{name: 'rights', subject: 'sa:kube-system/kube-proxy'}],
  grants: [{name: 'grants'}, {name: 'grants', namespace: 'shop'}],
  workloads: [{name: 'workloads'}, {name: 'workloads', namespace: 'shop', kind: 'Deployment'}],
  trial: [{name: 'trial', path: 'next/', files: emptyInventory}],
  migrate: [{name: 'migrate'}, {name: 'migrate', namespace: 'shop'}],
  wayOff: [{name: 'wayOff', item: 'ci/Pod/runner-7f4c2'}],
  findings: [{name: 'findings'}],
  finding: [{name: 'finding', id: 'ignored-policy/PodSecurityPolicy/shop-legacy'}],
  describe: [
    {name: 'describe', what: 'policy', key: 'data'},
    {name: 'describe', what: 'item', key: 'ci/Pod/runner-7f4c2'},
    {name: 'describe', what: 'account', key: 'shop/default'},
    {name: 'describe', what: 'namespace', key: 'shop'},
    {name: 'describe', what: 'binding', key: 'RoleBinding/shop/psp-web'},
  ],
  text: [{name: 'text', title: 'Failed', lines: ['one line', `${'long '.repeat(60)}\u6F22`]}],
  gaps: [{name: 'gaps'}],
  help: [{name: 'help'}],
};

/** One or more of each view. */
export const anyViews: readonly View[] = Object.values(byName).flat();
