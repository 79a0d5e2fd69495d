import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {edited} from '../../src/harden/edits.ts';
import {harden} from '../../src/harden/harden.ts';
import {targetOf, unmet} from '../../src/harden/target.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {viewOf} from '../../src/kube/podView.ts';
import type {Release} from '../../src/kube/release.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {grant, psp} from '../support/builders/audits.ts';
import {fileOf} from '../support/run/files.ts';
import {runHere} from '../support/run/run.ts';
import {runsOf} from '../support/run/runs.ts';

const key = 'seccomp.security.alpha.kubernetes.io/pod';
const ownKey = 'container.seccomp.security.alpha.kubernetes.io/c0';

/** Hardens a template for the restricted standard on a release. */
function hardenedOn(release: Release, template: Pod) {
  const submit = (pod: Pod) => viewOf(defaultPod(pod, release), release);
  const target = targetOf('restricted', release);
  const {changes, decisions, blocked, patch} = harden(template, submit, [target]);
  const steps = [...changes, ...decisions];
  const left = unmet(
    target,
    submit(
      edited(
        template,
        steps.flatMap(({edits}) => edits),
      ),
    ),
  );
  const seccomp = steps.filter(({control}) => control === 'seccomp').map(({says}) => says);
  return {seccomp, left, blocked, patch};
}

describe('before v1.19, which does not know the field seccompProfile', () => {
  test('the annotation is set, in the patch too', () => {
    const silent = decodePod({spec: {containers: [{name: 'c0'}]}});
    expect(hardenedOn(18, silent)).toMatchObject({
      seccomp: [`set annotation ${key}: runtime/default`],
      left: [],
      patch: {metadata: {annotations: {[key]: 'runtime/default'}}},
    });
    expect(hardenedOn(19, silent).seccomp).toEqual(['set seccompProfile: {type: RuntimeDefault}']);
    expect(hardenedOn(19, silent).patch).not.toHaveProperty('metadata');
  });

  test('a field does not count there, and an annotation of a container does', () => {
    const securityContext = {seccompProfile: {type: 'RuntimeDefault'}};
    const byField = decodePod({spec: {securityContext, containers: [{name: 'c0'}]}});
    expect(hardenedOn(18, byField)).toMatchObject({
      seccomp: [expect.stringContaining(key)],
      left: [],
    });
    expect(hardenedOn(19, byField).seccomp).toEqual([]);
    const byAnnotation = decodePod({
      metadata: {annotations: {[ownKey]: 'unconfined'}},
      spec: {containers: [{name: 'c0'}]},
    });
    expect(hardenedOn(18, byAnnotation)).toMatchObject({
      seccomp: [
        `set annotation ${key}: runtime/default`,
        "remove the seccomp profile: the runtime's own takes its place",
      ],
      left: [],
    });
  });

  test("docker's name of the profile is another one there", () => {
    const docker = decodePod({
      metadata: {annotations: {[key]: 'docker/default'}},
      spec: {containers: [{name: 'c0'}]},
    });
    expect(hardenedOn(18, docker)).toMatchObject({
      seccomp: [expect.stringContaining(key)],
      left: [],
    });
    expect(hardenedOn(19, docker).seccomp).toEqual([]);
  });

  test('the steps lead there, whatever the pod', () => {
    const releases = fc.constantFrom<Release>(16, 18, 19, 21);
    fc.assert(
      fc.property(anyPod, releases, (pod, release) => {
        const {left, blocked} = hardenedOn(release, decodePod(pod));
        expect(left.length > 0).toBe(blocked !== undefined);
        expect(left).not.toContain('seccomp');
      }),
      {numRuns: runsOf(300)},
    );
  });

  test('what would let a pod in says so, and the patch of advise --harden too', async () => {
    const web = psp(
      'web',
      {},
      {
        'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default',
      },
    );
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'd', namespace: 'shop'},
      spec: {
        selector: {matchLabels: {app: 'd'}},
        template: {metadata: {labels: {app: 'd'}}, spec: {containers: [{name: 'c0', image: 'x'}]}},
      },
    };
    const files = fileOf([web, ...grant('web', 'group:system:authenticated'), deployment]);
    const on = ['-f', files, '--kubernetes-version', 'v1.18'];
    const {out} = await runHere('why', 'deploy/d', '-n', 'shop', ...on);
    expect(out).toContain(`pod: set annotation ${key}: runtime/default\n`);
    expect(out).not.toContain('seccompProfile');
    const patch = (await runHere('advise', '--harden', 'restricted', ...on)).out;
    expect(patch).toContain(`annotations:\n        ${key}: runtime/default`);
    expect(patch).not.toContain('seccompProfile');
  });
});
