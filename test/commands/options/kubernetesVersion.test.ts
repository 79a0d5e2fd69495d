import {describe, expect, test} from 'vitest';
import {grant, psp} from '../../support/builders/audits.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const everybody = 'group:system:authenticated';
const pinging = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'ping', namespace: 'shop'},
  spec: {
    automountServiceAccountToken: false,
    securityContext: {sysctls: [{name: 'net.ipv4.ping_group_range', value: '0 0'}]},
    containers: [{name: 'c', image: 'x'}],
  },
};

describe('--kubernetes-version', () => {
  const files = fileOf([psp('web'), ...grant('web', everybody), pinging]);

  test('says by whose rules files are judged; the last one is the default', async () => {
    const stateIn = async (...flags: readonly string[]) =>
      (await itemsHere('why', '-f', files, ...flags)).map(({state}) => state);
    expect(await stateIn()).toEqual(['ok']);
    expect(await stateIn('--kubernetes-version', 'v1.17')).toEqual(['denied']);
    expect(await stateIn('--kubernetes-version', '1.17.17-gke.100')).toEqual(['denied']);
    expect(await stateIn('--kubernetes-version', 'v1.18')).toEqual(['ok']);
    const story = await runHere(
      'why',
      'ping',
      '-n',
      'shop',
      '-f',
      files,
      '--kubernetes-version=v1.17',
    );
    expect(story.out).toContain(
      'pods "ping" is forbidden: unable to validate against any pod security policy: [pod.spec.securityContext.sysctls[0]: Forbidden: unsafe sysctl "net.ipv4.ping_group_range" is not allowed]',
    );
  });

  test('what it advises is least for that release', async () => {
    const mounting = fileOf([{...pinging, spec: {containers: [{name: 'c', image: 'x'}]}}]);
    const volumesIn = async (version: string) => {
      const {out} = await runHere('advise', '-f', mounting, '--kubernetes-version', version);
      return /volumes:\n((?: +- .*\n)*)/.exec(out)?.[1]?.match(/[a-z]+/g);
    };
    expect(await volumesIn('v1.24')).toEqual(['secret']);
    expect(await volumesIn('v1.20')).toEqual(['secret']);
  });

  test('only with versions whose rules are known, and not of a cluster', async () => {
    const refusal = async (...flags: readonly string[]) => {
      const {code, err} = await runHere('why', ...flags);
      return [code, err];
    };
    expect(await refusal('-f', files, '--kubernetes-version', 'new')).toEqual([
      2,
      'error: --kubernetes-version new: not a version of Kubernetes: give v1.16 to v1.24\n',
    ]);
    expect(await refusal('-f', files, '--kubernetes-version', 'v1.25')).toEqual([
      2,
      'error: --kubernetes-version v1.25: it has no PodSecurityPolicy, which v1.25 removed: give v1.16 to v1.24\n',
    ]);
    expect(await refusal('-f', files, '--kubernetes-version', 'v1.15')).toEqual([
      2,
      'error: --kubernetes-version v1.15: its rules are not known: give v1.16 to v1.24\n',
    ]);
    expect(
      await refusal('--server', 'https://127.0.0.1:1', '--kubernetes-version', 'v1.20'),
    ).toEqual([
      2,
      'error: --kubernetes-version is for files, --from and --demo: a cluster says which version it has\n',
    ]);
  });
});
