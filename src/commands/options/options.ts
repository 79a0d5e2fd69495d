import {exitCodes, UserError} from '../../errors.ts';
import {escapeText} from '../../report/escape.ts';
import {defineCommand} from '../command.ts';
import {connectionFlags, type Flag, flagName} from '../flags.ts';

export const optionsCommand = defineCommand({
  name: 'options',
  summary: "List kubectl's flags for reaching a cluster",
  description: `The flags that every command takes which asks a cluster, with kubectl's meaning. They are left
out of the help of each command.`,
  examples: [
    {says: 'All of them', types: 'kubectl psp options'},
    {says: 'One in use', types: 'kubectl psp why -n shop --context prod'},
  ],
  flags: {},

  async run({args, world}) {
    if (args.length > 0) {
      throw new UserError(`options takes no argument, got ${args.join(' ')}`, exitCodes.usage);
    }
    const rows = Object.entries<Flag>(connectionFlags).map(([key, flag]) => [
      namesOf(key, flag),
      flag.help,
    ]);
    const width = Math.max(...rows.map(([names = '']) => names.length));
    const lines = rows.map(([names = '', help = '']) => `  ${names.padEnd(width)}  ${help}`);
    const head = 'These flags can be given to any command that asks a cluster:';
    world.print(`${[head, '', ...lines].map(escapeText).join('\n')}\n`);
    return exitCodes.ok;
  },
});

function namesOf(key: string, {short, type, placeholder = 'VALUE'}: Flag): string {
  const long = `--${flagName(key)}`;
  const names = short === undefined || short === key ? `    ${long}` : `-${short}, ${long}`;
  return type === 'boolean' ? names : `${names} ${placeholder}`;
}
