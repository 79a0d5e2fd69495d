import {describe, expect, test} from 'vitest';
import {conformanceResult} from '../../src/conformance/conformance.ts';
import {type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {openRules} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';

const releases = [16, 17, 18, 19, 20, 21, 22, 23, 24];

interface Asked {
  readonly spec?: JsonObject;
  readonly annotations?: JsonObject;
  readonly pod?: JsonObject;
  readonly podAnnotations?: JsonObject;
  readonly oldPod?: JsonObject;
}

/** What a release answers about a pod, to somebody who may use everything. */
function answer(release: number, asked: Asked): JsonObject {
  const {spec = {}, annotations = {}, pod = {}, podAnnotations = {}, oldPod} = asked;
  const made = (podSpec: JsonObject) => ({
    metadata: {name: 'pod', namespace: 'n', annotations: podAnnotations},
    spec: {containers: [{name: 'c'}], ...podSpec},
  });
  const result = conformanceResult({
    name: 'case',
    operation: oldPod === undefined ? 'CREATE' : 'UPDATE',
    namespace: 'n',
    release: `v1.${release}`,
    user: {username: 'admin', groups: ['system:masters']},
    policies: [{metadata: {name: 'p', annotations}, spec: {...openRules, volumes: ['*'], ...spec}}],
    rbac: {
      clusterRoles: [
        {
          metadata: {name: 'all'},
          rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],
        },
      ],
      clusterRoleBindings: [
        {
          metadata: {name: 'all'},
          roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all'},
          subjects: [
            {apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters'},
          ],
        },
      ],
    },
    pod: made(pod),
    ...(oldPod === undefined ? {} : {oldPod: made(oldPod)}),
  });
  return objectOf(parseJson(printJson(result)));
}

/** The releases that let the pod in. */
function admitting(asked: Asked): readonly number[] {
  return releases.filter(release => answer(release, asked).allowed === true);
}

/** Those whose policy writes something into the pod. */
function changing(asked: Asked): readonly number[] {
  return releases.filter(release => {
    const {policies} = answer(release, asked);
    return printJson(policies).includes('"mutates":true');
  });
}

describe('what differs between releases', () => {
  test('the safe sysctls', () => {
    const setting = (name: string) =>
      admitting({pod: {securityContext: {sysctls: [{name, value: '1'}]}}});
    expect(setting('net.ipv4.tcp_syncookies')).toEqual(releases);
    expect(setting('net.ipv4.ping_group_range')).toEqual([18, 19, 20, 21, 22, 23, 24]);
    expect(setting('net.ipv4.ip_unprivileged_port_start')).toEqual([22, 23, 24]);
  });

  test('fields of seccomp, which do not exist up to 1.18', () => {
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'localhost/a',
    };
    const seccompProfile = {type: 'Unconfined'};
    // Dropped: no profile is named, and the list asks for one.
    expect(answer(18, {annotations, pod: {securityContext: {seccompProfile}}}).message).toBe(
      'pods "pod" is forbidden: unable to validate against any pod security policy: [pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: Forbidden:  is not an allowed seccomp profile. Valid values are localhost/a pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: Forbidden:  is not an allowed seccomp profile. Valid values are localhost/a]',
    );
    expect(answer(19, {annotations, pod: {securityContext: {seccompProfile}}}).message).toContain(
      'PodSecurityPolicy: unable to admit pod: [pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: Forbidden: unconfined is not',
    );
    expect(admitting({pod: {securityContext: {seccompProfile}}})).toEqual([16, 17, 18]);
    expect(
      changing({
        annotations: {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'},
        pod: {securityContext: {seccompProfile}},
      }),
    ).toEqual([19, 20, 21, 22, 23, 24]);
  });

  test('two names of one seccomp profile', () => {
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'docker/default',
    };
    const podAnnotations = {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'};
    expect(admitting({annotations, podAnnotations})).toEqual([19, 20, 21, 22, 23, 24]);
  });

  test('the projected volume of a token', () => {
    const token = {projected: {sources: [{serviceAccountToken: {path: 'token'}}]}};
    const pod = {volumes: [{name: 't', ...token}]};
    expect(admitting({spec: {volumes: ['secret']}, pod})).toEqual([19, 20, 21, 22, 23, 24]);
    expect(admitting({spec: {volumes: ['projected']}, pod})).toEqual(releases);
  });

  test('ephemeral volumes: unknown, then off, then on', () => {
    const pod = {volumes: [{name: 'e', ephemeral: {}}]};
    // Up to 1.18 the volume has no source, which makes it an emptyDir.
    expect(admitting({spec: {volumes: ['emptyDir']}, pod})).toEqual([16, 17, 18]);
    expect(admitting({spec: {volumes: ['ephemeral']}, pod})).toEqual([21, 22, 23, 24]);
    const refused = releases.filter(
      release => answer(release, {spec: {volumes: ['ephemeral']}}).invalidPolicies === true,
    );
    expect(refused).toEqual([16, 17, 18]);
  });

  test('the words of a refusal', () => {
    const asked = {spec: {volumes: []}, pod: {volumes: [{name: 'h', emptyDir: {}}]}};
    const because = '[spec.volumes[0]: Invalid value: "emptyDir": emptyDir volumes are not';
    expect(answer(18, asked).message).toContain(
      `forbidden: unable to validate against any pod security policy: ${because}`,
    );
    expect(answer(19, asked).message).toContain(
      `forbidden: PodSecurityPolicy: unable to admit pod: ${because}`,
    );
    const update = {...asked, oldPod: {hostNetwork: true}};
    expect(answer(18, update).message).toContain(
      `forbidden: unable to validate against any pod security policy: ${because}`,
    );
    expect(answer(19, update).message).toContain(
      `forbidden: PodSecurityPolicy: unable to validate pod: ${because}`,
    );
    const unusable = {spec: {runAsUser: {rule: 'MustRunAs'}}};
    expect(answer(18, unusable).message).toBe(
      'pods "pod" is forbidden: no providers available to validate pod request',
    );
    expect(answer(19, unusable).message).toBe(
      'pods "pod" is forbidden: PodSecurityPolicy: no providers available to validate pod request',
    );
  });

  test('debug containers: unseen, then filled in, then checked', () => {
    const ephemeralContainers = [{name: 'd', securityContext: {privileged: true}}];
    const pod = {ephemeralContainers};
    expect(admitting({pod})).toEqual([16, 17, 18, 19, 20, 21, 22]);
    const filling = {
      spec: {privileged: true, readOnlyRootFilesystem: true},
      pod: {
        containers: [{name: 'c', securityContext: {readOnlyRootFilesystem: true}}],
        ephemeralContainers,
      },
    };
    expect(changing(filling)).toEqual([18, 19, 20, 21, 22, 23, 24]);
    // An update keeps those that were there, and only then.
    const update = {pod, oldPod: pod};
    expect(answer(22, update)).toMatchObject({allowed: true});
    expect(answer(23, {...update, oldPod: {...pod, hostNetwork: true}})).toMatchObject({
      allowed: false,
    });
  });
});
