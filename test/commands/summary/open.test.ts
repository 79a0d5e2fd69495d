import {expect, test} from 'vitest';
import type {SessionOptions} from '../../../src/commands/world.ts';
import {runIn} from '../../support/run/run.ts';

/** What a command line would open the session with, on a terminal that can show it. */
async function opened(...args: readonly string[]) {
  const sessions: SessionOptions[] = [];
  const session = {
    noSession: undefined,
    openSession: async (options: SessionOptions) => void sessions.push(options),
  };
  const {code, err} = await runIn(() => session, ...args);
  return {code, err, start: sessions[0]?.store.get().trail.map(({view}) => view)};
}

const namespaces = {name: 'namespaces'};

test.each([
  [[], [namespaces]],
  [
    ['-n', 'shop'],
    [
      {...namespaces, only: 'shop'},
      {name: 'accounts', namespace: 'shop'},
    ],
  ],
  [
    ['-n', 'shop', '--open', 'pod/web-0'],
    [
      {...namespaces, only: 'shop'},
      {name: 'accounts', namespace: 'shop'},
      {name: 'pods', namespace: 'shop'},
      {name: 'why', item: 'shop/Pod/web-0'},
    ],
  ],
  [
    ['--open', 'sa/web'],
    [
      namespaces,
      {name: 'accounts', namespace: 'shop'},
      {name: 'pods', namespace: 'shop', account: 'web'},
    ],
  ],
  [
    ['--open=PSP/restricted'],
    [namespaces, {name: 'policies'}, {name: 'policy', policy: 'restricted'}],
  ],
])('%j opens the views on the way', async (args, start) => {
  expect(await opened('--demo', ...args)).toEqual({code: 0, err: '', start});
});

test.each(['pod', 'deploy/web', 'pod/a/b', 'constructor/x', ''])(
  '--open %j is refused before anything is read',
  async open => {
    const {code, err, start} = await opened('--kubeconfig', '/nowhere', '--open', open);
    expect({code, start}).toEqual({code: 2, start: undefined});
    expect(err).toBe(`error: --open: "${open}" is not pod/NAME, sa/NAME or psp/NAME\n`);
  },
);
