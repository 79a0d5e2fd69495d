import {createInterface} from 'node:readline';

/**
 * The line that the user types in answer to a question, which goes to standard error. '' if the input
 * ends or the user breaks it off (Ctrl-D, Ctrl-C); undefined if there is no terminal to ask at.
 */
export async function askAtTerminal(question: string): Promise<string | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  try {
    return await new Promise(resolve => {
      terminal.once('close', () => resolve(''));
      terminal.once('SIGINT', () => terminal.close());
      terminal.question(question, resolve);
    });
  } finally {
    terminal.close();
  }
}
