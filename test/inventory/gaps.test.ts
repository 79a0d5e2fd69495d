import {describe, expect, test} from 'vitest';
import {gapSummaries} from '../../src/inventory/gaps.ts';
import type {Gap} from '../../src/inventory/inventory.ts';
import {notAmongFiles} from '../../src/rbac/unreadRbac.ts';

const forbidden = (resource: string, namespace?: string): Gap => ({
  resource,
  namespace,
  reason: `${resource} is forbidden: User "me" cannot list resource in ${namespace}`,
});

describe('what could not be read', () => {
  test('is one line, however many namespaces it is about', () => {
    const namespaces = Array.from({length: 14}, (_, index) => `ns-${index}`);
    const gaps = ['roles', 'rolebindings'].flatMap(kind =>
      namespaces.map(namespace => forbidden(kind, namespace)),
    );
    expect(gapSummaries(gaps)).toEqual([
      "can't list roles, rolebindings in 14 namespaces (forbidden); affected answers say unknown",
    ]);
  });

  test('tells kinds of the whole cluster from those of some namespaces', () => {
    const gaps = [forbidden('pods', 'b'), forbidden('roles'), forbidden('jobs', 'b')];
    expect(gapSummaries(gaps)).toEqual([
      "can't list roles; pods, jobs in namespace b (forbidden); affected answers say unknown",
    ]);
  });

  test('has a line for each other trouble', () => {
    const gaps: readonly Gap[] = [
      forbidden('selfsubjectaccessreviews'),
      {resource: 'roles', namespace: undefined, reason: 'there is no such resource'},
      {resource: 'roles', namespace: undefined, reason: notAmongFiles},
    ];
    expect(gapSummaries(gaps)).toEqual([
      "can't ask what you may use (forbidden); affected answers say unknown",
      "can't list roles (there is no such resource); affected answers say unknown",
      'no roles among the files; affected answers say unknown',
    ]);
  });

  test('is no line where everything was read', () => {
    expect(gapSummaries([])).toEqual([]);
  });
});
