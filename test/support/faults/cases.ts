import {
  about,
  answers,
  breaks,
  breaksOff,
  dribbles,
  expiresPages,
  isShort,
  isSilent,
  laterPages,
  lists,
  questions,
  refuses,
  speaksOnlyJson,
  stalls,
  toGroup,
} from './faults.ts';
import type {Fault, ProxyOptions} from './proxy.ts';

/**
 * What may come of it: the answer that there is without the fault, a failure with this exit code, or
 * an answer that says what it could not read (or a failure that says so).
 */
export type Outcome = 'same' | 3 | 4 | 'gap';

/** A fault, and what it does to commands. */
export interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly outcome: Outcome;
  /** What the failure says. */
  readonly says?: RegExp;
  /** `--request-timeout`; long if the fault is not one of time. */
  readonly timeout?: string;
  readonly proxy?: ProxyOptions;
}

/** The `--request-timeout` where the fault takes time. */
export const short = '2s';
const status = (code: number, reason: string, rest: object = {}): Fault =>
  refuses(code, reason, `made up: ${reason}`, rest);
const page = '<html><body>Please log in</body></html>';

/** What passes. */
export const passing: readonly Case[] = [
  {name: '429 at first', fault: status(429, 'TooManyRequests', {times: 2}), outcome: 'same'},
  {
    name: '429 with Retry-After',
    fault: status(429, 'TooManyRequests', {times: 3, headers: {'Retry-After': '1'}}),
    outcome: 'same',
  },
  {name: 'the server speaks only JSON', fault: speaksOnlyJson(), outcome: 'same'},
  {name: '500 once', fault: status(500, 'InternalError', {times: 1}), outcome: 'same'},
  {name: '502 at first', fault: answers(502, 'text/html', page, {times: 3}), outcome: 'same'},
  {name: '503 at first', fault: status(503, 'ServiceUnavailable', {times: 3}), outcome: 'same'},
  {name: '504 at first', fault: status(504, 'Timeout', {times: 3}), outcome: 'same'},
  {name: 'connections break at first', fault: breaks({times: 3}), outcome: 'same'},
  {name: 'answers break off at first', fault: breaksOff({times: 3}), outcome: 'same'},
  {name: 'answers are short at first', fault: isShort({times: 3}), outcome: 'same'},
  {
    name: 'questions break at first',
    fault: breaks({which: questions, times: 2}),
    outcome: 'same',
  },
  {
    name: 'questions meet a 503 at first',
    fault: status(503, 'ServiceUnavailable', {which: questions, times: 2}),
    outcome: 'same',
  },
  {
    name: '410 in the middle of a list, with a token',
    fault: expiresPages(true, {times: 3}),
    outcome: 'same',
    proxy: {pageSize: 2},
  },
  {
    name: '410 in the middle of a list, without a token',
    fault: expiresPages(false, {times: 2}),
    outcome: 'same',
    proxy: {pageSize: 2},
  },
  {
    name: 'pages break off',
    fault: breaksOff({which: laterPages, times: 3}),
    outcome: 'same',
    proxy: {pageSize: 2},
  },
];

/** What stays. */
export const staying: readonly Case[] = [
  {name: '401', fault: status(401, 'Unauthorized'), outcome: 3, says: /log in again/},
  {name: '409', fault: status(409, 'Conflict', {which: lists}), outcome: 4},
  {name: '422', fault: status(422, 'Invalid', {which: lists}), outcome: 4},
  {name: '429', fault: status(429, 'TooManyRequests'), outcome: 3, says: /answers 429/},
  {
    name: '429 with a long Retry-After',
    fault: status(429, 'TooManyRequests', {headers: {'Retry-After': '60'}}),
    outcome: 3,
    says: /answers 429/,
    timeout: short,
  },
  {name: '500', fault: status(500, 'InternalError'), outcome: 3, says: /answers 500/},
  {name: '502', fault: answers(502, 'text/html', page), outcome: 3, says: /502: Please log in/},
  {name: '503', fault: status(503, 'ServiceUnavailable'), outcome: 3, says: /answers 503/},
  {name: '504', fault: status(504, 'Timeout'), outcome: 3, says: /answers 504/},
  {name: 'connections break', fault: breaks(), outcome: 3, says: /closed the connection/},
  {name: 'answers break off', fault: breaksOff(), outcome: 3, says: /broke off/},
  {name: 'answers are short', fault: isShort(), outcome: 3, says: /not JSON|only part/},
  {
    name: 'pages of lists are short',
    fault: isShort({which: laterPages}),
    outcome: 3,
    says: /only part/,
    proxy: {pageSize: 2},
  },
  {name: 'no JSON', fault: answers(200, 'application/json', '{"a":'), outcome: 3, says: /not JSON/},
  {
    name: 'no protobuf',
    fault: answers(200, 'application/vnd.kubernetes.protobuf', 'k8s\0\xff\xff\xff'),
    outcome: 3,
  },
  {name: 'empty answers', fault: answers(200, 'application/json', ''), outcome: 3},
  {
    name: 'empty answers to questions',
    fault: answers(201, 'application/json', '', {which: questions}),
    outcome: 3,
  },
  {name: 'other JSON', fault: answers(200, 'application/json', '{}'), outcome: 3},
  {
    name: 'lists of something else',
    fault: answers(200, 'application/json', '{"items":[1]}'),
    outcome: 3,
  },
  {name: 'a web page', fault: answers(200, 'text/html', page), outcome: 3, says: /web page/},
  {name: 'nothing is found', fault: answers(404, 'text/plain', '404 page not found'), outcome: 3},
  {
    name: 'no list is found',
    fault: answers(404, 'text/plain', '404 page not found', {which: lists}),
    outcome: 3,
  },
  {name: 'silence', fault: isSilent(), outcome: 3, says: /within the 2 s/, timeout: short},
  {
    name: 'one list is silent',
    fault: isSilent({which: about('serviceaccounts')}),
    outcome: 3,
    says: /within the 2 s/,
    timeout: short,
  },
  {name: 'answers stall', fault: stalls(), outcome: 3, says: /within the 2 s/, timeout: short},
  {name: 'answers dribble', fault: dribbles(), outcome: 3, says: /within the 2 s/, timeout: short},
];

/** What is not allowed, or not there. */
export const denying: readonly Case[] = [
  ...[
    'podsecuritypolicies',
    'clusterroles',
    'roles',
    'clusterrolebindings',
    'rolebindings',
    'namespaces',
    'serviceaccounts',
    'pods',
    'deployments',
    'selfsubjectaccessreviews',
  ].map(
    (plural): Case => ({
      name: `403 on ${plural}`,
      fault: status(403, 'Forbidden', {which: endsWith(plural)}),
      outcome: 'gap',
      says:
        plural === 'selfsubjectaccessreviews'
          ? /can't ask what you may use|\bselfsubjectaccessreviews\b/
          : new RegExp(`\\b${plural}\\b`),
    }),
  ),
  {
    name: '403 on pods of all namespaces and of one',
    fault: status(403, 'Forbidden', {
      which: ({path}: {path: string}) => path === '/api/v1/pods' || path.includes('/ops/pods'),
    }),
    outcome: 'gap',
    says: /pods in namespace ops/,
  },
  {
    name: 'no group of RBAC',
    fault: answers(404, 'text/plain', '404 page not found', {
      which: toGroup('rbac.authorization.k8s.io'),
    }),
    outcome: 'gap',
    says: /clusterroles/,
  },
];

/** A server without policies, as Kubernetes is from 1.25 on. */
export const withoutPolicies: Case = {
  name: 'no policies',
  fault: answers(404, 'text/plain', '404 page not found', {which: about('podsecuritypolicies')}),
  outcome: 3,
  says: /has no PodSecurityPolicy/,
};

function endsWith(plural: string) {
  return ({path}: {readonly path: string}) => path.endsWith(`/${plural}`);
}
