import {type ExitCode, exitCodes, UserError} from '../errors.ts';
import {isObject, type Json} from '../kube/json.ts';
import type {Breakdown} from './breakdown.ts';
import {explainNetwork} from './networkErrors.ts';
import {type Doing, doingOf} from './requestPath.ts';

/** A failed request: refused by the server, or never answered. */
export class ApiError extends UserError {
  /** HTTP status; 0 if there was no usable answer. */
  readonly status: number;
  /** The server's `Status.reason`, or ours: Unreachable, Timeout, BadAnswer, WebPage. */
  readonly reason: string;
  /** The path asked for, without its query. */
  readonly path: string;
  /** The server's answer, a `Status` as a rule. */
  readonly body: Json | undefined;

  constructor(message: string, exitCode: ExitCode, details: ApiErrorDetails) {
    super(message, exitCode, details.cause === undefined ? undefined : {cause: details.cause});
    this.status = details.status;
    this.reason = details.reason;
    this.path = details.path;
    this.body = details.body;
  }
}

/** What an ApiError has besides its message. */
export interface ApiErrorDetails {
  readonly status: number;
  readonly reason: string;
  readonly path: string;
  readonly body?: Json | undefined;
  readonly cause?: unknown;
}

/** Who asked whom, for messages. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly server: string;
  readonly user: string;
}

export function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 403;
}

export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

/** The error for an answer of status 300 or more. `content` is the body, JSON or not. */
export function refusal(asked: Asked, status: number, content: string): ApiError {
  const body = parsed(content);
  const said = isObject(body) && typeof body.message === 'string' ? body.message : plain(content);
  const reason = isObject(body) && typeof body.reason === 'string' ? body.reason : '';
  const path = asked.path.split('?')[0] ?? '';
  const message = oneLine(refusalLine(asked, status, reason, oneLine(said)));
  return new ApiError(message, exitCodeFor(status, reason), {status, reason, path, body});
}

/** The error for a request without an answer. */
export function noAnswer(asked: Asked, breakdown: Breakdown, waitedMs: number): ApiError {
  const timeout = breakdown.kind.endsWith('Timeout');
  const why = explainNetwork(breakdown, asked.server, waitedMs);
  const path = asked.path.split('?')[0] ?? '';
  return new ApiError(oneLine(`cannot ${doingOf(asked).text}: ${why}`), exitCodes.unreadable, {
    status: 0,
    reason: timeout ? 'Timeout' : 'Unreachable',
    path,
    cause: breakdown,
  });
}

/** The error for an unusable answer. */
export function badAnswer(asked: Asked, why: string, reason = 'BadAnswer'): ApiError {
  const path = asked.path.split('?')[0] ?? '';
  const message = `cannot ${doingOf(asked).text}: the answer of ${asked.server} ${why}`;
  return new ApiError(oneLine(message), exitCodes.unreadable, {
    status: 0,
    reason,
    path,
  });
}

function refusalLine(asked: Asked, status: number, reason: string, said: string): string {
  const doing = doingOf(asked);
  const start = `cannot ${doing.text}`;
  const words = said === '' ? `status ${status}` : said;
  switch (status) {
    case 401:
      return `${asked.server} does not accept the credentials of ${quoted(asked.user)} (401: ${words}): they have expired or are wrong: log in again, or pass --token or another --context`;
    case 403:
      return `${start}: ${words}: ask an administrator of the cluster for the right to ${rightTo(doing)}`;
    case 404:
      return `${start}: ${words}`;
    case 409:
      return reason === 'AlreadyExists'
        ? `${start}: ${words}`
        : `${start}: ${words}: it was changed by someone else: read it again and retry`;
    case 422:
      return `${start}: the server finds it invalid: ${words}`;
    default:
      if (status === 410 && doing.verb === 'list') {
        return `${start}: ${words}: the list went out of date while it was read: try again`;
      }
      if (status >= 500 || status === 429) {
        return `${start}: ${asked.server} answers ${status}: ${words}: try again later`;
      }
      if (status < 400) {
        return `${start}: ${asked.server} redirects (${status}): check that it is the API server`;
      }
      return `${start}: ${words} (${status})`;
  }
}

function rightTo(doing: Doing): string {
  return doing.resource === '' ? doing.text : `${doing.verb} ${doing.resource}`;
}

function exitCodeFor(status: number, reason: string): ExitCode {
  // Without Kubernetes' own words, something else is answering, such as an HTTPS server asked in plain HTTP.
  const isStranger = status === 400 && reason === '';
  const isReadable = isStranger || [401, 404, 408, 410, 429].includes(status);
  return status >= 400 && status < 500 && !isReadable ? exitCodes.refused : exitCodes.unreadable;
}

function parsed(content: string): Json | undefined {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** The words of an answer that is not JSON, such as a proxy's page. */
function plain(content: string): string {
  return content
    .slice(0, 2000)
    .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .trim()
    .slice(0, 200);
}

/** Control characters in a server's text are kept from the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim();
}

function quoted(name: string): string {
  return name === '' ? 'nobody (none are configured)' : JSON.stringify(name);
}
