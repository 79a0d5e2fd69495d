import {describe, expect, test} from 'vitest';
import {runBuilt} from '../support/run/run.ts';

const shop = ['--demo', '-n', 'shop'];

/** What somebody types who knows kubectl; what is printed, or said on standard error where it is refused. */
const typed: readonly (readonly [readonly string[], number, RegExp])[] = [
  [
    ['why', 'deploy', 'storefront', ...shop],
    0,
    /^Deployment\/storefront in .* admitted by baseline\n/,
  ],
  [
    ['why', 'deploy/storefront', ...shop],
    0,
    /^Deployment\/storefront in .* admitted by baseline\n/,
  ],
  [['why', 'deployments', '-l', 'app=catalog', ...shop], 0, /Deployment\/catalog .* ok\n$/],
  [
    ['why', 'deploy', 'thumbnailer', ...shop],
    0,
    /volume cache: .*hostPath.*\n.*kubectl psp bind ci-builder --to sa:shop\/media/s,
  ],
  [['why', 'sts', '--demo', '-n', 'data'], 0, /StatefulSet\/orders-db .* mutated\n/],
  [['why', 'storefront', ...shop], 3, /did you mean Deployment\/storefront\?\n$/],
  [['why', '-A', '-n', 'shop', '--demo', '-l', 'app=cart', '-o', 'name'], 0, /^pod\/cart-\S+\n$/],
  [
    ['why', '-A', '--demo', '--field-selector', 'spec.serviceAccountName=etl'],
    0,
    /CronJob\/etl-full/,
  ],
  [['why', ...shop, '-l', 'app=cart', '--show-labels'], 0, /LABELS\n.* app=cart,/],
  [
    ['why', 'pods', ...shop, '-o', 'jsonpath={.items[?(@.state=="denied")].namespace}'],
    0,
    /^shop shop$/,
  ],
  [
    ['why', 'pods', ...shop, '-o', 'custom-columns=P:.policy,X:.no'],
    0,
    /^P +X\nlog-shipper +<none>\n/,
  ],
  [['why', ...shop, '-o', 'go-template={{.}}'], 2, /-o go-template: take -o jsonpath=/],
  [['why', '-w', ...shop], 2, /-w follows a live cluster/],
  [
    ['why', '-f', 'https://example.com/p.yaml'],
    2,
    /pipe it: curl -fsSL https:\/\/example\.com\/p\.yaml \| kubectl psp \.\.\. -f -/,
  ],
  [
    ['advise', 'deploy/catalog', ...shop, '-o', 'name'],
    0,
    /^podsecuritypolicy\.policy\/\S+catalog\n$/,
  ],
  [['who-can', 'use', 'psp', 'baseline', ...shop], 0, /baseline +ServiceAccount shop\/catalog/],
  [
    ['who-can', 'create', 'pods'],
    2,
    /about the use of policies; for the rest: kubectl auth can-i create pods/,
  ],
  ...['sa:data/etl', 'system:serviceaccount:data:etl', 'serviceaccount/data/etl'].map(
    subject =>
      [
        ['who-can', '--subject', subject, '--demo', '-n', 'data'],
        0,
        /^POLICY .*\ndata +ServiceAccount|\ndata +/,
      ] as const,
  ),
  [['who-can', '--subject', 'sa:etl', '--demo', '-n', 'data'], 0, /\ndata +/],
  [
    ['bind', 'baseline', '--to', 'sa:etl', '-n', 'data', '--demo', '--dry-run'],
    0,
    /for ServiceAccount data\/etl\n/,
  ],
  [['edit'], 2, /policies are edited in the session: kubectl psp/],
  [['get', 'baseline', '--demo'], 0, /^NAME +LEVEL\nbaseline +privileged/],
  [['list'], 2, /kubectl psp get/],
  [['summary'], 2, /prints without a command/],
  [['wyh'], 2, /did you mean "why"\?/],
  [['why', '--selecter', 'a=b'], 2, /unknown option '--selecter': did you mean --selector\?\n$/],
  [['snapshot', '-A', '--demo'], 0, /"kind":"Snapshot"/],
  [['xyzzy'], 2, /see kubectl psp --help/],
];

describe('what people know from kubectl works, or is pointed to what does', () => {
  test.each(typed)('kubectl psp %j ends with %i', async (args, code, words) => {
    const ran = await runBuilt(args);
    expect(ran.code, ran.err).toBe(code);
    expect(code === 0 ? ran.out : ran.err).toMatch(words);
    if (code !== 0) expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a denied pod is explained on one screen', async () => {
  const {out} = await runBuilt(['why', 'deploy', 'thumbnailer', ...shop]);
  expect(out.split('\n').length).toBeLessThan(24);
  const all = await runBuilt(['why', 'deploy', 'thumbnailer', ...shop, '--all']);
  expect(all.out.length).toBeGreaterThan(out.length);
});

test.each(['why', 'audit', 'bind', 'who-can', 'try', 'policies', 'check'])(
  'the help of %s points to the flags for clusters instead of listing them',
  async command => {
    const {out} = await runBuilt([command, '--help']);
    expect(out).not.toContain('--certificate-authority');
    expect(out.split('\n').length).toBeLessThan(90);
  },
);
