import {expect, test} from 'vitest';
import {adviceFor} from '../../src/advice/advice.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import {adviceYaml} from '../../src/report/advice.ts';
import {deployment} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';

function yamlFor(readOnly: boolean): string {
  const spec = {
    containers: [{name: 'c', volumeMounts: [{name: 'v', mountPath: '/v', readOnly}]}],
    volumes: [{name: 'v', hostPath: {path: '/data'}}],
  };
  const items = itemsOf(clusterWith([deployment('app', {}, {spec})]));
  return adviceYaml(adviceFor(items, 'service-account', false), false);
}

test('an advised policy says that a writable host path is not confined to its prefix', () => {
  const remark =
    /# a writable host path is not confined to its prefix: .*\n(?: {2}#.*\n)* {2}allowedHostPaths:\n/;
  expect(yamlFor(false)).toMatch(remark);
  expect(yamlFor(true)).not.toContain('is not confined');
});

test('where no group is set, it says so beside 65534', () => {
  expect(yamlFor(true)).toMatch(
    /# no group set\n {2}fsGroup:\n {4}rule: MayRunAs\n {4}ranges:\n {4}- min: 65534\n/,
  );
});
