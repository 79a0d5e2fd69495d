import type {ContainerPlace, PodEdit} from '../controls/hardening.ts';
import type {JsonObject} from '../kube/json.ts';
import type {Container, Pod} from '../kube/pod.ts';

/** The template after the edits, as strategic merge would leave it. */
export function edited(template: Pod, edits: readonly PodEdit[]): Pod {
  return edits.reduce(editOnce, template);
}

function editOnce(pod: Pod, edit: PodEdit): Pod {
  const {metadata, spec} = pod;
  const withSpec = (changes: object): Pod => ({metadata, spec: {...spec, ...changes}});
  const context = spec.securityContext;
  switch (edit.kind) {
    case 'spec':
      return withSpec({[edit.field]: undefined});
    case 'pod':
      return withSpec({securityContext: {...context, [edit.field]: edit.value ?? undefined}});
    case 'annotation':
      return {
        metadata: {...metadata, annotations: without(metadata.annotations, edit.key)},
        spec,
      };
    case 'setAnnotation': {
      const annotations = {...metadata.annotations, [edit.key]: edit.value};
      return {metadata: {...metadata, annotations}, spec};
    }
    case 'sysctl': {
      const sysctls = context?.sysctls?.filter(({name}) => name !== edit.name);
      return withSpec({securityContext: {...context, sysctls}});
    }
    case 'container':
      return mapContainer(pod, edit.at, container => ({
        ...container,
        securityContext: merged(container.securityContext, {[edit.field]: edit.value}),
      }));
    case 'hostPort':
      return mapContainer(pod, edit.at, container => ({
        ...container,
        ports: container.ports?.map((port, index) =>
          index === edit.index ? {...port, hostPort: undefined} : port,
        ),
      }));
    case 'volume': {
      const unmount = (container: Container): Container => ({
        ...container,
        volumeMounts: container.volumeMounts?.filter(({name}) => name !== edit.name),
      });
      return withSpec({
        volumes: spec.volumes?.filter(({name}) => name !== edit.name),
        containers: spec.containers?.map(unmount),
        initContainers: spec.initContainers?.map(unmount),
      });
    }
  }
}

/** Objects are merged, all else is replaced; capabilities are the only objects with parts to keep. */
function merged<T>(context: T, {capabilities, ...fields}: JsonObject): T {
  const plain = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value ?? undefined]),
  );
  const before = (context as {readonly capabilities?: object} | undefined)?.capabilities;
  const parts =
    typeof capabilities === 'object' ? {capabilities: {...before, ...capabilities}} : {};
  return {...context, ...plain, ...parts} as T;
}

function without(
  annotations: Readonly<Record<string, string>> | undefined,
  key: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => name !== key));
}

function mapContainer(
  pod: Pod,
  {list, name}: ContainerPlace,
  change: (container: Container) => Container,
): Pod {
  const containers = pod.spec[list]?.map(item => (item.name === name ? change(item) : item));
  return {...pod, spec: {...pod.spec, [list]: containers}};
}
