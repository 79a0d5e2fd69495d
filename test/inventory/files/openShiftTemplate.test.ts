import {describe, expect, test} from 'vitest';
import {judged, object, pod, privileged} from './judgedObjects.ts';

/** What stands for the value of a parameter: as text, and as JSON. */
const given = (name: string) => `$\{${name}}`;

const asJson = (name: string) => `$\{{${name}}}`;

describe('a Template of OpenShift', () => {
  const template = (objects: readonly object[], parameters: readonly object[] = []) => ({
    apiVersion: 'template.openshift.io/v1',
    kind: 'Template',
    metadata: {name: 't'},
    objects,
    parameters,
  });

  test('is taken apart, with the default values of its parameters', async () => {
    const {items, codes} = await judged(
      template(
        [
          object(
            'apps/v1',
            'Deployment',
            {replicas: asJson('N'), template: privileged},
            `${given('NAME')}-web`,
          ),
          object(
            'apps/v1',
            'Deployment',
            {template: {spec: {...pod.spec, serviceAccountName: given('SA')}}},
            given('OPEN'),
          ),
        ],
        [
          {name: 'NAME', value: 'shop'},
          {name: 'N', value: '2'},
          {name: 'SA', value: 'web'},
          {name: 'OPEN'},
        ],
      ),
    );
    expect(items).toMatchObject([
      {name: given('OPEN'), serviceAccount: 'web', state: 'ok'},
      {name: 'shop-web', state: 'denied'},
    ]);
    expect(codes).toEqual([1, 1]);
  });

  test.each([
    ['replicas', {replicas: asJson('N'), template: pod}],
    ['an account', {template: {spec: {...pod.spec, serviceAccountName: given('N')}}}],
    [
      'a path',
      {template: {spec: {...pod.spec, volumes: [{name: 'v', hostPath: {path: given('N')}}]}}},
    ],
  ])('with a parameter without a value for %s: that object is not judged', async (_, spec) => {
    const {items, unjudged, codes} = await judged(
      template([
        object('apps/v1', 'Deployment', spec),
        object('apps/v1', 'Deployment', {template: pod}, 'web'),
      ]),
    );
    expect(items).toMatchObject([{name: 'web'}]);
    expect(unjudged).toMatchObject([{kind: 'Deployment', name: 'x'}]);
    expect(codes).toEqual([3, 0]);
  });
});
