import type {ClientRequest, Agent as HttpAgent} from 'node:http';
import type {TLSSocket} from 'node:tls';
import type {Hearing, Outgoing, Underway} from './wire.ts';

/**
 * Sends a request over HTTP/1.1, on one of the agent's connections. Throws what is wrong with the certificates
 * or the headers.
 */
export function sendAlone(
  {method, url, headers, body, idleMs}: Outgoing,
  agent: HttpAgent,
  hearing: Hearing,
): Underway {
  const isSecure = url.protocol === 'https:';
  // An import would also load what else these modules offer, such as WebSocket: 20 ms that nobody gains anything from.
  const {request} = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const sent = request(url, {
    method,
    agent,
    timeout: idleMs,
    headers: body === undefined ? headers : {...headers, 'Content-Length': body.length},
  });
  onConnected(sent, isSecure, hearing.onConnected);
  sent.on('timeout', hearing.onIdle);
  sent.on('error', hearing.onError);
  sent.on('response', body => {
    const {statusCode: status = 0, headers} = body;
    // Node ends a body that is shorter than announced with an error, not with `end`.
    hearing.onAnswer({status, headers, body, isWhole: () => true});
  });
  sent.end(body);
  return {
    get reused() {
      return sent.reusedSocket;
    },
    isQueued: () => isQueued(sent, agent),
    cancel: () => void sent.destroy(),
  };
}

function isQueued(sent: ClientRequest, agent: HttpAgent): boolean {
  const queues = Object.values(agent.requests) as readonly (readonly unknown[] | undefined)[];
  return queues.some(queue => queue?.includes(sent));
}

function onConnected(sent: ClientRequest, isSecure: boolean, done: () => void): void {
  sent.on('socket', socket => {
    // A request that waited for a free connection gets one whose handshake is long done.
    const ready = isSecure ? (socket as TLSSocket).getCipher?.() !== undefined : !socket.connecting;
    if (sent.reusedSocket || ready) done();
    else socket.once(isSecure ? 'secureConnect' : 'connect', done);
  });
}
