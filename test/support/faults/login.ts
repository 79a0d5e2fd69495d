import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {folderOf} from '../run/files.ts';
import type {ApiServer} from '../server/apiServer.ts';

/** A login by a credential plugin. */
export interface Login {
  /** A kubeconfig file that names the plugin. */
  readonly kubeconfig: string;
  /** How often the plugin has run. */
  runs(): number;
}

/** A plugin that gives one token after the other, the last one again and again. */
export function renewingLogin(
  {caFile}: Pick<ApiServer, 'caFile'>,
  url: string,
  tokens: readonly string[],
): Login {
  const count = 'count';
  const folder = folderOf({[count]: '', 'login.sh': pluginScript(tokens)});
  const command = join(folder, 'login.sh');
  const name = 'renewing';
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sh',
    args: [command, join(folder, count)],
    interactiveMode: 'Never',
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{name, cluster: {server: url, 'certificate-authority': caFile}}],
    users: [{name, user: {exec}}],
    contexts: [{name, context: {cluster: name, user: name}}],
  };
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(config));
  return {kubeconfig, runs: () => readFileSync(join(folder, count), 'utf8').length};
}

function pluginScript(tokens: readonly string[]): string {
  const credential = {
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1',
    status: {token: 'TOKEN'},
  };
  const [before, after] = JSON.stringify(credential).split('TOKEN');
  const cases = tokens.map((token, index) => `${index + 1}) token=${token};;`).join('\n');
  return `printf x >> "$1"
case $(wc -c < "$1" | tr -d ' ') in
${cases}
*) token=${tokens.at(-1)};;
esac
printf '%s%s%s' '${before}' "$token" '${after}'
`;
}
