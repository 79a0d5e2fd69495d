/** What the process exits with. Documented in `--help` of every command. */
export const exitCodes = {
  /** Success, including an empty live namespace and partial answers, which are marked. */
  ok: 0,
  /** The answer is no, or the two things compared differ. */
  no: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something can't be read or reached: a file, a server, a credential; or holds no workload. */
  unreadable: 3,
  /** The server refused what the answer can't do without, or called it invalid or in conflict. */
  refused: 4,
  /** A bug of ours. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * Something the user can fix. The message is one line: what is wrong, where (file, document,
 * field path) and what to do. cli.ts prints it without a stack trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.unreadable, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
