import {exitCodes, UserError} from '../../errors.ts';
import {nearNames} from '../../kube/nearNames.ts';
import {defineCommand} from '../command.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Complete command lines in the shell',
  description: `With install: puts the link kubectl_complete-psp next to the kubectl-psp in your PATH. kubectl 1.26
and later then completes this plugin wherever kubectl's own completion is set up. It asks no
questions and overwrites nothing.

With the name of a shell: prints a script for that shell, to be loaded when it starts. It completes
kubectl-psp, and kubectl psp also without the link and for an older kubectl; load it after kubectl's
own script.

Namespaces, pods, workloads, service accounts and policies come from the cluster that the line names,
or from --demo and --from, within about a second. What can't be read in that time is left out.`,
  positionals: [{words: [...shells, 'install']}],
  examples: [
    {says: 'For kubectl 1.26 and later', types: 'kubectl psp completion install'},
    {says: 'In ~/.bashrc', types: 'source <(kubectl psp completion bash)'},
    {says: 'In ~/.zshrc, after compinit', types: 'source <(kubectl psp completion zsh)'},
    {
      says: 'In ~/.config/fish/config.fish',
      types: 'kubectl psp completion fish | source',
    },
    {
      says: 'In the profile of PowerShell',
      types: 'kubectl psp completion powershell | Out-String | Invoke-Expression',
    },
  ],
  flags: {},

  async run({args, world}) {
    const [wanted, ...more] = args;
    const shell = shells.find(name => name === wanted);
    if (more.length === 0 && wanted === 'install') {
      const {path, target, isOld} = await world.installCompleter();
      world.print(isOld ? `${path} already exists\n` : `${path} now leads to ${target}\n`);
      return exitCodes.ok;
    }
    if (more.length > 0 || shell === undefined) {
      const known = [...shells, 'install'];
      const problem =
        wanted === undefined || more.length > 0
          ? `completion takes one of ${known.join(', ')}`
          : `completion: ${JSON.stringify(wanted)}: ${nearNames(wanted, known, 'shells')}`;
      throw new UserError(problem, exitCodes.usage);
    }
    const {scripts} = await import('./scripts.ts');
    world.print(scripts[shell]);
    return exitCodes.ok;
  },
});
