import {describe, expect, test} from 'vitest';
import {runHere} from '../../support/run/run.ts';
import {settled} from '../../support/server/clocks.ts';
import {json} from '../../world/fakeApiServer.ts';
import {fakeCluster} from '../fakeCluster.ts';
import {objects, pod} from '../smallCluster.ts';

describe('servers that fail', () => {
  test('one that breaks off inside a list gives one line and no half answer', async () => {
    const {flags} = await fakeCluster({
      objects,
      answers(response, {url}) {
        if (!url.startsWith('/api/v1/pods')) return false;
        response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': '9999'});
        response.write('{"kind":"PodList","items":[{"metadata"');
        void settled().then(() => response.destroy());
        return true;
      },
    });
    const {code, out, err} = await runHere('why', '-A', ...flags);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(/^error: cannot list pods.*\n$/);
  });

  test('what makes no sense is named', async () => {
    const odd = {...pod('odd', 'a'), spec: {containers: 'none'}};
    const {flags} = await fakeCluster({objects: {...objects, '/api/v1/pods': [odd]}});
    const {code, out, err} = await runHere('why', '-A', ...flags);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(/^error: .*Pod a\/odd.*spec\.containers: expected a list.*\n$/);
  });

  test('its words reach no terminal unescaped', async () => {
    const {flags} = await fakeCluster({
      answers(response) {
        const message = 'no\u001b]0;owned\u0007 \u202egnp';
        json(response, {kind: 'Status', message, reason: 'Forbidden', code: 403}, 403);
        return true;
      },
    });
    const {code, err} = await runHere('why', '-A', ...flags);
    expect(code).toBe(4);
    expect(err).not.toMatch(/\u001b|\u0007/);
  });
});
