import {setTimeout as sleep} from 'node:timers/promises';
import {isObject, parseJson} from '../../../src/kube/json.ts';
import {type Exchange, type Fault, isCollection, type Passing} from './proxy.ts';

/** Chooses requests. */
export type Which = (request: Passing) => boolean;

export const all: Which = () => true;
export const lists: Which = ({method, path, isWatch}) =>
  method === 'GET' && !isWatch && isCollection(path);
export const watches: Which = ({isWatch}) => isWatch;
export const changes: Which = ({method}) => ['POST', 'PUT', 'DELETE', 'PATCH'].includes(method);

/** Questions about rights; a pod that is tried is none, and may be tried in vain. */
export const questions: Which = ({method, path}) =>
  method === 'POST' && path.includes('accessreviews');

/** Requests about a kind, in a namespace or in all. */
export function about(plural: string, namespace?: string): Which {
  const where = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return ({path}) => path.includes(`${where}/${plural}`);
}

/** Requests to an API group. */
export function toGroup(group: string): Which {
  return ({path}) => path.startsWith(`/apis/${group}/`);
}

/** Lists that are asked for a page after the first. */
export const laterPages: Which = request => lists(request) && request.query.has('continue');

/** What a fault is like, besides what it does. */
interface Bounds {
  readonly which?: Which;
  readonly times?: number;
}

function fault(
  {which = all, times = Infinity}: Bounds,
  act: (exchange: Exchange) => Promise<void> | void,
): Fault {
  return {strikes: which, times, act};
}

/** The server, or something before it, answers with a `Status` as Kubernetes has it. */
export function refuses(
  code: number,
  reason: string,
  message: string,
  {headers = {}, ...bounds}: Bounds & {readonly headers?: Readonly<Record<string, string>>} = {},
): Fault {
  return fault(bounds, ({response}) =>
    answer(response, code, statusOf(code, reason, message), headers),
  );
}

/** An answer that is not of Kubernetes at all. */
export function answers(
  code: number,
  contentType: string,
  body: string | Buffer,
  bounds: Bounds = {},
): Fault {
  return fault(bounds, ({response}) => {
    response.writeHead(code, {'Content-Type': contentType}).end(body);
  });
}

/** The connection breaks before there is an answer. */
export function breaks(bounds: Bounds = {}): Fault {
  return fault(bounds, ({socket}) => void socket.destroy());
}

/** The request is taken, and nothing ever comes back. */
export function isSilent(bounds: Bounds = {}): Fault {
  return fault(bounds, () => {});
}

/** The first half of the answer comes, and then nothing. */
export function stalls(bounds: Bounds = {}): Fault {
  return half(bounds, () => {});
}

/** The first half of the answer comes, and then the connection breaks. */
export function breaksOff(bounds: Bounds = {}): Fault {
  return half(bounds, ({socket}) => void socket.destroy());
}

function half(bounds: Bounds, then: (exchange: Exchange) => void): Fault {
  return fault(bounds, async exchange => {
    const {status, headers, body} = await exchange.ask();
    const length = String(body.length);
    const {'transfer-encoding': _, ...rest} = headers;
    exchange.response.writeHead(status, {...rest, 'content-length': length});
    exchange.response.write(body.subarray(0, body.length / 2), () => then(exchange));
  });
}

/** The answer ends too early, and says that it is whole. */
export function isShort(bounds: Bounds = {}): Fault {
  return changed(bounds, body => body.subarray(0, body.length / 2));
}

function changed(bounds: Bounds, change: (body: Buffer) => Buffer): Fault {
  return fault(bounds, async ({ask, response}) => {
    const {status, headers, body} = await ask();
    const {'content-length': _, 'transfer-encoding': __, ...rest} = headers;
    response.writeHead(status, rest).end(change(body));
  });
}

/** The answer comes byte by byte, and takes for ever. */
export function dribbles(bounds: Bounds = {}): Fault {
  return fault(bounds, async ({ask, response}) => {
    const {status, headers, body} = await ask();
    response.writeHead(status, headers);
    for (let at = 0; at < body.length && !response.destroyed; at++) {
      response.write(body.subarray(at, at + 1));
      await sleep(50);
    }
  });
}

/** Whatever the client would rather have, lists come as JSON. */
export function speaksOnlyJson(): Fault {
  return fault({which: lists}, ({pass}) => pass({accept: 'application/json'}));
}

/** The answer comes late. */
export function isLate(ms: number, bounds: Bounds = {}): Fault {
  return fault(bounds, async ({pass}) => {
    await sleep(ms);
    await pass();
  });
}

/**
 * A token for the next page is too old, as after a compaction of etcd: the server offers one that
 * goes on from the latest state (apiserver v0.24, pkg/storage/etcd3/errors.go), or none.
 */
export function expiresPages(offersToken: boolean, bounds: Bounds = {}): Fault {
  return fault({which: laterPages, ...bounds}, ({request, response}) => {
    const message =
      'The provided continue parameter is too old to display a consistent list result.';
    const status = statusOf(410, 'Expired', message);
    const token = latest(request.query.get('continue') ?? '');
    answer(response, 410, {...status, metadata: offersToken ? {continue: token} : {}});
  });
}

function latest(token: string): string {
  const parts = parseJson(Buffer.from(token, 'base64url').toString());
  if (!isObject(parts)) throw new Error('no token of Kubernetes');
  return Buffer.from(JSON.stringify({...parts, rv: -1})).toString('base64url');
}

/** A watch is answered with these lines and ends, or breaks. */
export function streams(lines: readonly string[], ending: 'ends' | 'breaks', bounds: Bounds = {}) {
  return fault({which: watches, ...bounds}, ({response, socket}) => {
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.write(
      lines.join(''),
      () => void (ending === 'ends' ? response.end() : socket.destroy()),
    );
  });
}

/** The event that ends a watch with a `Status`. */
export function errorEvent(code: number, reason: string, message: string): string {
  return `${JSON.stringify({type: 'ERROR', object: statusOf(code, reason, message)})}\n`;
}

function statusOf(code: number, reason: string, message: string) {
  const head = {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure'};
  return {...head, message, reason, code};
}

function answer(
  response: Exchange['response'],
  code: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, {'Content-Type': 'application/json', ...headers});
  response.end(JSON.stringify(body));
}
