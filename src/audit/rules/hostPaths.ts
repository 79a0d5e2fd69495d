import {controlById} from '../../controls/index.ts';
import {closingCommand, compareCommand} from '../closing.ts';
import type {PolicyFacts} from '../context.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {policyReference} from '../words.ts';

/** Who may write here, or in what lies above it, owns the node. */
const deadly = [
  '/etc',
  '/root',
  '/home',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/usr',
  '/opt/cni',
  '/var/spool',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/var/lib/kubelet',
  '/var/lib/etcd',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/run',
  '/run',
  '/var/log',
  '/srv/kubernetes',
];

/** Policies by which pods may write to paths of the node. */
export const writableHostPath = defineRule({
  id: 'writable-host-path',
  severity: 'high',
  milder:
    'medium where no path that takes over the node can be written to; low where nobody may use the policy.',
  title: 'Policies that let pods write to paths of the node',
  why: "Writing to the right file of a node is as good as being root on it: a cron job, the kubelet's credentials, a runtime's socket, a link in /var/log. Policies that allow privileged containers are left out, since those allow it anyway.",
  remedy: 'Make the paths read-only, or name only those that are needed.',
  needs: [],
  breadth: 'cluster',
  find: ({policies}) => policies.flatMap(writableIn),
});

function writableIn(facts: PolicyFacts): readonly RuleFinding[] {
  const {isReachable} = facts;
  const {metadata, spec} = facts.policy;
  const {volumes = [], allowedHostPaths = [], privileged = false} = spec;
  if (privileged || !(volumes.includes('*') || volumes.includes('hostPath'))) return [];
  const object = policyReference(metadata.name);
  if (allowedHostPaths.length === 0) {
    return [
      {
        object,
        message: 'pods may write to every path of the node',
        evidence: ['volumes allow hostPath, and allowedHostPaths is empty: every path is allowed'],
        controls: [controlById.allowedHostPaths],
        remedy: compareCommand(metadata.name),
        severity: isReachable ? undefined : 'low',
      },
    ];
  }
  const writable = allowedHostPaths.flatMap(({pathPrefix = '', readOnly = false}, index) =>
    readOnly ? [] : [{pathPrefix, index}],
  );
  if (writable.length === 0) return [];
  const isSevere = writable.some(({pathPrefix}) => isDeadly(pathPrefix));
  return [
    {
      object,
      message: `pods may write to ${writable.map(({pathPrefix}) => pathPrefix).join(', ')} of the node`,
      evidence: writable.map(({pathPrefix, index}) => {
        const what = isDeadly(pathPrefix) ? ': who writes there can take over the node' : '';
        return `/spec/allowedHostPaths/${index}: ${pathPrefix}${what}`;
      }),
      controls: [controlById.allowedHostPaths],
      remedy: closingCommand(
        facts,
        writable.map(({index}) => ({
          op: 'add',
          path: `/spec/allowedHostPaths/${index}/readOnly`,
          value: true,
        })),
        {allowedHostPaths: allowedHostPaths.map(path => ({...path, readOnly: true}))},
      ),
      severity: isReachable ? (isSevere ? undefined : 'medium') : 'low',
    },
  ];
}

/** Whether a prefix lets write to such a path: it, one above it, or one inside of it. */
function isDeadly(prefix: string): boolean {
  const path = `/${prefix.split('/').filter(Boolean).join('/')}`;
  const inside = (inner: string, outer: string) =>
    outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
  return deadly.some(place => inside(place, path) || inside(path, place));
}
