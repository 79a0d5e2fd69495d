import type {Breakdown} from './breakdown.ts';

const unknownAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

/** In plain words, why `server` gave no answer, and what to do. `waitedMs`: what a time-out was. */
export function explainNetwork(breakdown: Breakdown, server: string, waitedMs: number): string {
  const seconds = `${waitedMs / 1000} s`;
  switch (breakdown.kind) {
    case 'connectTimeout':
      return `no connection to ${server} within ${seconds}: is it up, and is the network (or VPN) there?`;
    case 'idleTimeout':
      return `${server} has sent nothing for ${seconds}: try again, or wait longer with --request-timeout`;
    case 'totalTimeout':
      return `${server} has not answered within the ${seconds} of --request-timeout`;
    case 'cutOff':
      return `${server} broke off in the middle of its answer: try again`;
    case 'network':
      return explainCode(breakdown, server);
  }
}

function explainCode({code, message}: Breakdown, server: string): string {
  if (unknownAuthority.has(code)) {
    return `the certificate of ${server} is signed by an unknown authority: give the right one with --certificate-authority`;
  }
  switch (code) {
    case 'ECONNREFUSED':
      return `${server} refuses connections: is the server URL right, and is the server up?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${server} cannot be found (${code}): is the server URL right, and is the network there?`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${server} closed the connection: try again`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `${server} cannot be reached (${code}): is the network (or VPN) there?`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${server} has expired: have it renewed on the server`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${server} is not valid yet: check this machine's clock`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${server} is for another name: check the server URL, or set --tls-server-name`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `${server} does not speak TLS as expected: is the server URL right (http or https)?`;
    default:
      return explainRest(code, message, server);
  }
}

function explainRest(code: string, message: string, server: string): string {
  if (code.startsWith('HPE_')) return `${server} does not speak HTTP: is the server URL right?`;
  if (code.startsWith('ERR_OSSL') || code === 'ERR_INVALID_ARG_TYPE') {
    return `a certificate or key of the kubeconfig cannot be used (${code}): is it PEM, and do they match?`;
  }
  if (code.startsWith('ERR_SSL')) {
    return `${server} breaks off the TLS handshake (${code}): does it accept the client certificate?`;
  }
  const refusedByProxy = /^Bad response: (\d+)$/.exec(message);
  if (refusedByProxy) {
    return `the proxy on the way to ${server} answers ${refusedByProxy[1]}: check proxy-url, HTTPS_PROXY and NO_PROXY`;
  }
  return `no answer from ${server} (${code || message})`;
}
