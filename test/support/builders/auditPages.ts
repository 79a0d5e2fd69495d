import {judgeOf} from '../../../src/admission/judge.ts';
import type {Audit, Finding, Severity} from '../../../src/audit/finding.ts';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../../src/inventory/files/snapshot.ts';
import {emptyInventory, type Inventory} from '../../../src/inventory/inventory.ts';
import {itemsOf} from '../../../src/inventory/submissions/items.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {decodePod} from '../../../src/kube/pod.ts';
import {authorizerOf} from '../../../src/rbac/authorize.ts';
import {whoCan} from '../../../src/rbac/whoCan.ts';
import {podObject} from './pods.ts';
import {openRules} from './policies.ts';

/** An audit of an inventory with just these findings; all else is worked out from the inventory. */
export function auditWith(inventory: Inventory, findings: readonly Finding[]): Audit {
  const policies = inventory.policies.map(({metadata}) => metadata.name);
  const question = {policies, namespace: undefined, identity: undefined};
  return {
    inventory,
    namespace: undefined,
    admission: undefined,
    verdicts: itemsOf(inventory).map(judgeOf(inventory).verdict),
    rights: whoCan(authorizerOf(inventory.rbac), question),
    findings,
    ignored: [],
  };
}

/** A finding, of which only the object and the rule matter. */
export function findingOf(
  [rule, severity]: readonly [string, Severity],
  kind: string,
  namespace: string | undefined,
  name: string,
  texts: Partial<Pick<Finding, 'message' | 'evidence' | 'remedy'>> = {},
): Finding {
  return {
    rule,
    severity,
    id: [rule, kind, namespace, name].filter(part => part !== undefined).join('/'),
    object: {kind, namespace, name},
    message: `${kind} ${name} is not as it should be`,
    evidence: [`${kind} ${name}`],
    controls: [],
    remedy: `kubectl psp why ${kind}/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`,
    ...texts,
  };
}

/** The demo cluster, with findings that don't change when a rule of the audit does. */
export function demoAudit(): Audit {
  const inventory = inventoryOfSnapshot(demoSnapshot, 'the demo');
  const audit = auditWith(inventory, []);
  const broad = findingOf(
    ['grant-to-all-accounts', 'high'],
    'ClusterRoleBinding',
    undefined,
    'psp:log-shipper',
    {message: 'Opens log-shipper to every workload of the cluster'},
  );
  const denied = audit.verdicts
    .filter(({state}) => state === 'denied')
    .map(({item, message = ''}) =>
      findingOf(['denied-on-restart', 'high'], item.kind, item.namespace, item.name, {
        message: 'No policy admits it: it runs until it is restarted',
        evidence: message.split(', '),
        remedy: `kubectl psp advise ${item.kind}/${item.name} -n ${item.namespace} --grant`,
      }),
    );
  const drifted = audit.verdicts
    .filter(({state}) => state === 'drifted')
    .map(({item, chosen}) =>
      findingOf(['policy-will-change', 'medium'], item.kind, item.namespace, item.name, {
        message: `Admitted by ${item.admittedBy}; a restart will choose ${chosen?.policy.name}`,
      }),
    );
  const used = new Set(audit.verdicts.map(({chosen}) => chosen?.policy.name));
  const unused = inventory.policies
    .filter(({metadata}) => !used.has(metadata.name))
    .map(({metadata}) =>
      findingOf(['unused-policy', 'low'], 'PodSecurityPolicy', undefined, metadata.name, {
        message: 'No pod gets this policy',
        evidence: [],
        remedy: 'Delete it, or keep it with a reason in the ignore file.',
      }),
    );
  const ignored = {
    finding: findingOf(['unused-policy', 'low'], 'PodSecurityPolicy', undefined, 'gpu-batch'),
    reason: 'The GPU nodes come back in spring',
    until: '2023-09-30',
  };
  return {...audit, findings: [broad, ...denied, ...drifted, ...unused], ignored: [ignored]};
}

/** Names that try to become markup, to hide, or to run. None of them may do so. */
export const hostileNames: readonly string[] = [
  '</script><script>window.hacked=1</script>',
  '"><img src=x onerror="window.hacked=1">',
  "' onmouseover='window.hacked=1",
  '</title></style></svg><svg onload=window.hacked=1>',
  'javascript:window.hacked=1',
  '<!--',
  ']]>&lt;&amp;',
  '`+window.hacked=1+`',
  'right\u202eto\u2066left\u200bzero\u2028line\u0007bell\u001b[31m',
  `a${'b'.repeat(251)}c`,
];

/** A cluster in which everything that has a name has a hostile one. */
export function hostileAudit(): Audit {
  const metadata = (name: string) => ({
    name,
    namespace: undefined,
    uid: undefined,
    labels: undefined,
  });
  const rules = hostileNames.map(name => ({
    verbs: ['use'],
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    resourceNames: [name],
  }));
  const roleRef = {apiGroup: undefined, kind: 'ClusterRole', name: '<b>role'};
  const subjects = hostileNames.map(name => ({
    kind: 'ServiceAccount',
    apiGroup: '',
    namespace: name,
    name,
  }));
  const inventory: Inventory = {
    ...emptyInventory,
    source: hostileNames.join(' '),
    serverVersion: hostileNames[0],
    takenAt: hostileNames[1],
    policies: hostileNames.map((name, index) =>
      decodePolicy({
        metadata: {name},
        spec: {...openRules, privileged: index % 2 === 0, volumes: ['*']},
      }),
    ),
    rbac: {
      ...emptyInventory.rbac,
      clusterRoles: [{metadata: metadata('<b>role'), rules, aggregationRule: undefined}],
      clusterRoleBindings: [{metadata: metadata('<i>binding</i>'), roleRef, subjects}],
    },
    namespaces: hostileNames.map(name => ({metadata: {name, labels: undefined}})),
    serviceAccounts: hostileNames.map(name => ({
      metadata: {name, namespace: name},
      automountServiceAccountToken: undefined,
    })),
    pods: hostileNames.map((name, index) =>
      decodePod(
        podObject(
          {name, namespace: name},
          {serviceAccountName: name, hostNetwork: index % 3 === 0},
        ),
      ),
    ),
    gaps: hostileNames.map(name => ({resource: name, namespace: name, reason: name})),
  };
  const findings = hostileNames.map(name =>
    findingOf([name, 'high'], name, name, name, {
      message: name,
      evidence: [name],
      remedy: `kubectl delete psp ${name}`,
    }),
  );
  const ignored = findings.map(finding => ({finding, reason: finding.message, until: finding.id}));
  return {...auditWith(inventory, findings), ignored};
}

/**
 * A cluster of this many pods in 500 namespaces, with 200 policies of which each namespace may use two,
 * and findings for a tenth of the pods.
 */
export function largeAudit(podCount: number): Audit {
  const [uid, labels] = [undefined, undefined];
  const numbered = (name: string, length: number) =>
    Array.from({length}, (_, index) => `${name}-${String(index).padStart(3, '0')}`);
  const policies = numbered('policy', 200);
  const namespaces = numbered('team', 500);
  const inventory: Inventory = {
    ...emptyInventory,
    source: 'context large',
    policies: policies.map((name, index) =>
      decodePolicy({
        metadata: {name},
        spec: {
          ...openRules,
          privileged: index % 7 === 0,
          hostNetwork: index % 3 === 0,
          volumes: ['*'],
          allowPrivilegeEscalation: index % 2 === 0,
          requiredDropCapabilities: ['ALL'],
        },
      }),
    ),
    namespaces: namespaces.map(name => ({metadata: {name, labels}})),
    rbac: {
      ...emptyInventory.rbac,
      clusterRoles: policies.map(name => ({
        metadata: {name, namespace: undefined, uid, labels},
        rules: [
          {
            verbs: ['use'],
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
            resourceNames: [name],
          },
        ],
        aggregationRule: undefined,
      })),
      roleBindings: namespaces.flatMap((namespace, index) => {
        const account = {kind: 'ServiceAccount', apiGroup: '', namespace, name: 'app-0'};
        const group = {
          kind: 'Group',
          apiGroup: undefined,
          namespace: undefined,
          name: `system:serviceaccounts:${namespace}`,
        };
        return [account, group].map((subject, which) => ({
          metadata: {name: `psp-${which}`, namespace, uid, labels},
          roleRef: {
            apiGroup: undefined,
            kind: 'ClusterRole',
            name: policies[(index * (which * 2 + 1) + which) % policies.length],
          },
          subjects: [subject],
        }));
      }),
    },
    pods: Array.from({length: podCount}, (_, index) =>
      decodePod(
        podObject(
          {name: `app-${index}`, namespace: namespaces[index % namespaces.length] ?? ''},
          {
            serviceAccountName: `app-${Math.floor(index / 500) % 4}`,
            hostNetwork: index % 4 === 0,
          },
        ),
      ),
    ),
  };
  const evidence = Array.from({length: 20}, (_, line) => `spec.containers[${line}]: not allowed`);
  const findings = inventory.pods.slice(0, podCount / 10).map(({metadata}, index) => {
    const severity = (['high', 'medium', 'low'] as const)[index % 3] ?? 'info';
    const {namespace, name = ''} = metadata;
    return findingOf([`rule-${index % 12}`, severity], 'Pod', namespace, name, {evidence});
  });
  return auditWith(inventory, findings);
}
