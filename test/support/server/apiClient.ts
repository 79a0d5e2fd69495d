import {readFileSync} from 'node:fs';
import type {IncomingHttpHeaders} from 'node:http';
import {Agent, request as httpsRequest} from 'node:https';
import {text} from 'node:stream/consumers';
import {type Json, parseJson, printJson} from '../../../src/kube/json.ts';

/** What the API server answered; `json` is undefined if the body isn't JSON (`/readyz`, `/metrics`). */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Json | undefined;
}

export interface RequestOptions {
  /** The user to impersonate. */
  readonly as?: string;
  /** The groups to impersonate. */
  readonly asGroups?: readonly string[];
  /** `application/json` if not given. */
  readonly contentType?: string;
  /** Another token than the admin's. */
  readonly token?: string;
}

export interface ApiClient {
  /**
   * Sends one request, as the admin unless the options say otherwise. A body that is not a string is
   * sent as JSON. Any status is an answer; it throws only if there is none.
   */
  request(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<ApiAnswer>;
}

/** A client of the API server at `url` that also frees its connections. */
export function openClient(
  url: string,
  caFile: string,
  adminToken: string,
): ApiClient & {close(): void} {
  const agent = new Agent({keepAlive: true, maxSockets: 64, ca: readFileSync(caFile)});
  return {
    close: () => agent.destroy(),
    request: async (method, path, body, options = {}) => {
      const data = body === undefined || typeof body === 'string' ? body : printJson(body);
      const headers = headersOf(options.token ?? adminToken, data, options);
      const sent = httpsRequest(new URL(path, url), {agent, method, headers});
      return new Promise((resolve, reject) => {
        sent.on('error', reject);
        sent.on('response', async response => {
          try {
            const answer = await text(response);
            const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: answer,
              json: isJson ? parseJson(answer) : undefined,
            });
          } catch (error) {
            reject(error);
          }
        });
        sent.end(data);
      });
    },
  };
}

function headersOf(
  token: string,
  data: string | undefined,
  {as, asGroups, contentType}: RequestOptions,
) {
  return {
    Authorization: `Bearer ${token}`,
    Accept: 'application/json',
    ...(data === undefined ? {} : {'Content-Type': contentType ?? 'application/json'}),
    ...(as === undefined ? {} : {'Impersonate-User': as}),
    ...(asGroups === undefined ? {} : {'Impersonate-Group': [...asGroups]}),
  };
}
