import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {fakeCluster} from '../../inventory/fakeCluster.ts';
import {runBuilt, runHere} from '../../support/run/run.ts';
import {json} from '../../world/fakeApiServer.ts';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

test('version tells what runs, for people and for scripts', async () => {
  const text = await runBuilt(['version']);
  expect(text.out).toMatch(/^kubectl-psp v\S+ \(commit \S+, node v\d+\.\d+\.\d+, \w+\/\w+\)\n$/);
  const json = JSON.parse((await runBuilt(['version', '-o', 'json'])).out);
  expect(json).toMatchObject({version, platform: `${process.platform}/${process.arch}`});
  expect(Object.keys(json)).toEqual(
    expect.arrayContaining(['version', 'commit', 'node', 'platform']),
  );
  const yaml = await runBuilt(['version', '-o', 'yaml']);
  expect(yaml.out).toContain(`version: "${version}"`);
});

test('-o wide says by which rules answers are made', async () => {
  const {flags} = await fakeCluster({
    answers(response, {url}) {
      if (url !== '/version') return false;
      json(response, {gitVersion: 'v1.21.14-eks-18ef993'});
      return true;
    },
  });
  const live = await runHere('version', '-o', 'wide', ...flags);
  expect(live.out).toMatch(
    /^kubectl-psp .*\nserver: v1\.21\.14-eks-18ef993 \(.*\)\nrules: those of v1\.21\n$/,
  );
  const demo = await runHere('version', '-o', 'wide', '--demo', '--kubernetes-version', 'v1.18');
  expect(demo.out).toContain(
    'server: v1.24.17 (context demo)\nrules: those of v1.18, as --kubernetes-version says\n',
  );
});
