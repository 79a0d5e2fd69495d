import type {SELinuxOptions} from '../../kube/objects.ts';
import type {ContainerView, PodView} from '../../kube/podView.ts';
import type {RuntimeStates} from '../runtime.ts';

/** The SELinux context of a running container; '' for a level that the runtime chooses for the pod. */
interface RunningContext {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}

/**
 * Types that SELinux lets do anything (container-selinux, container.te, and the targeted policy: those
 * with unconfined_domain).
 */
// biome-ignore format: names, several a line
const unconfinedTypes = [
  'spc_t', 'unconfined_t', 'unconfined_service_t', 'container_runtime_t', 'init_t',
  'initrc_t', 'kernel_t', 'rpm_t', 'unconfined_cronjob_t',
];

const everyCategory = /:c0\.c1023$/;

/**
 * Where a part is unset, the runtime takes its own: system_u:system_r:container_t and a level of just
 * this pod (opencontainers/selinux v1.10, go-selinux/selinux.go, ContainerLabels, as containerd and CRI-O use
 * it). The options of a container stand for all of the pod's (pkg/securitycontext/util.go,
 * DetermineEffectiveSecurityContext).
 */
export function runningContext(container: ContainerView, pod: PodView): RunningContext {
  const options: Partial<SELinuxOptions> = container.privileged
    ? {type: 'spc_t'}
    : (container.seLinuxOptions ?? pod.seLinuxOptions ?? {});
  return {
    user: options.user || 'system_u',
    role: options.role || 'system_r',
    type: options.type || 'container_t',
    level: options.level || '',
  };
}

/**
 * An unconfined type allows most, whatever else is set. With the same user, role and type, a level with every
 * category reaches the files of all pods; which of two other levels reaches more is not known.
 */
export const contextStates: RuntimeStates<RunningContext> = {
  atMost(one, other) {
    if (isUnconfined(other)) return true;
    return (
      one.user === other.user &&
      one.role === other.role &&
      one.type === other.type &&
      (one.level === other.level || everyCategory.test(other.level))
    );
  },
  says(context) {
    if (isUnconfined(context)) return 'unconfined';
    const {user, role, type, level} = context;
    const names = user === 'system_u' && role === 'system_r' ? [type] : [user, role, type];
    const where = everyCategory.test(level) ? 'every category' : level;
    return [names.join(':'), ...(where === '' ? [] : [where])].join(', level ');
  },
  overruledBy: 'privileged',
};

function isUnconfined({type}: RunningContext): boolean {
  return unconfinedTypes.includes(type);
}
