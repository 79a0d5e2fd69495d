/** How an exchange can end without an answer. */
export type BreakdownKind =
  | 'connectTimeout'
  | 'idleTimeout'
  | 'totalTimeout'
  | 'network'
  | 'cutOff';

/** No answer, or half of one. */
export class Breakdown extends Error {
  override readonly name = 'Breakdown';
  readonly kind: BreakdownKind;
  /** Node's or OpenSSL's code, such as ECONNRESET. */
  readonly code: string;
  /** The connection was an old one: it may have been dead before the request. */
  readonly reused: boolean;

  constructor(kind: BreakdownKind, reused: boolean, cause?: NodeJS.ErrnoException) {
    super(cause?.message || kind, {cause});
    this.kind = kind;
    this.code = cause?.code ?? '';
    this.reused = reused;
  }
}
