import {describe, expect, test} from 'vitest';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {json} from '../../world/fakeApiServer.ts';
import {fakeCluster} from '../fakeCluster.ts';
import {objects, pod, pods, policies, policy} from '../smallCluster.ts';

describe('what the caller may use', () => {
  test('a caller who may not even ask what he may do leaves a gap, and can not be judged by', async () => {
    const {flags} = await fakeCluster({objects, forbids: path => path.includes('accessreviews')});
    const {code, out, err} = await runHere(
      'why',
      '-A',
      '-o',
      'json',
      '--requester',
      'me',
      ...flags,
    );
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toContain("incomplete: can't ask what you may use (forbidden)");
    expect(err).toContain('does not tell what you may use: name who creates the pods');
  });

  test('asks once a policy and namespace, and only where bare pods are', async () => {
    const owned = pod('owned', 'c', {
      ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', controller: true}],
    });
    const {flags, seen} = await fakeCluster({
      objects: {...objects, '/api/v1/pods': [...pods, owned], [policies]: [policy, policy]},
    });
    await runHere('why', '-A', ...flags);
    expect(seen.filter(({method}) => method === 'POST')).toEqual([]);
    await runHere('why', '-A', '--requester', 'me', ...flags);
    const asked = seen.filter(({method}) => method === 'POST').map(({body}) => JSON.parse(body));
    expect(asked.map(({spec}) => spec.resourceAttributes.namespace).sort()).toEqual(
      expect.arrayContaining(['a', 'b']),
    );
    expect(asked.map(({spec}) => spec.resourceAttributes.namespace)).not.toContain('c');
    await runHere('why', '-A', '--requester', 'eve', ...flags);
    expect(seen.filter(({method}) => method === 'POST')).toHaveLength(asked.length);
  });

  test('asks no more about single policies where the caller may use all of them', async () => {
    const many = ['a', 'b', 'c', 'd'].map(name => ({...policy, metadata: {name}}));
    const ask = async (mayUse: (name: string, namespace: string) => boolean) => {
      const names: string[] = [];
      const {flags} = await fakeCluster({
        objects: {...objects, [policies]: many},
        answers(response, {method, body}) {
          if (method !== 'POST') return false;
          const {name = '', namespace} = JSON.parse(body).spec.resourceAttributes;
          names.push(`${namespace}/${name.startsWith('any-policy-') ? 'any' : name}`);
          json(response, {status: {allowed: mayUse(name, namespace)}}, 201);
          return true;
        },
      });
      const items = itemsOf(
        (await runHere('why', '-A', '-o', 'json', '--requester', 'me', ...flags)).out,
      );
      const chosen = items.map(({policy: name}) => name);
      return {names: [...new Set(names)].sort(), chosen: [...new Set(chosen)]};
    };
    const whole = ['a/', 'a/any', 'b/', 'b/any'];
    expect(await ask(() => true)).toEqual({names: whole, chosen: ['a']});
    // A rule for the empty name allows nothing else.
    const single = ['a', 'b'].flatMap(place =>
      ['a', 'b', 'c', 'd'].map(name => `${place}/${name}`),
    );
    expect(await ask(name => name === '' || name === 'c')).toEqual({
      names: [...whole, ...single].sort(),
      chosen: ['c'],
    });
    expect((await ask((name, place) => place === 'a' || name === 'd')).chosen).toEqual(['a', 'd']);
  });
});
