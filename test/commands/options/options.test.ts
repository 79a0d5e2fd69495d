import {expect, test} from 'vitest';
import {connectionFlags, flagName} from '../../../src/commands/flags.ts';
import {commands} from '../../../src/commands/index.ts';
import {runHere} from '../../support/run/run.ts';

test('options lists the flags that reach a cluster, and helps point to it in one line', async () => {
  const {code, out, err} = await runHere('options');
  expect({code, err}).toEqual({code: 0, err: ''});
  for (const key of Object.keys(connectionFlags)) expect(out).toContain(`--${flagName(key)}`);
  for (const {name, flags} of commands) {
    const help = (await runHere(name, '--help')).out;
    const isAsked = Object.hasOwn(flags, 'kubeconfig');
    expect(help.includes('kubectl psp options'), name).toBe(isAsked || name === 'options');
    expect(help, name).not.toContain('--certificate-authority');
  }
});

test('advise tells its formats by what it is asked to do', async () => {
  const {out} = await runHere('advise', '--help');
  const flat = out.replaceAll(/\s+/g, ' ');
  expect(flat).toContain(
    'output format: yaml, json, table, name (default yaml); with --compare table, wide, json, yaml; with --harden yaml, json, table, kustomize',
  );
});

test('it takes no argument', async () => {
  expect(await runHere('options', 'x')).toEqual({
    code: 2,
    out: '',
    err: 'error: options takes no argument, got x\n',
  });
});
