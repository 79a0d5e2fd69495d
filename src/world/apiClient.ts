import type {ListOptions} from '../inventory/read/reader.ts';
import type {Json} from '../kube/json.ts';
import type {Listed} from './list.ts';
import type {WatchOptions} from './watch.ts';

/** What a client is connected to. */
export interface Connection {
  /** The context's name; empty if the kubeconfig has none and the flags gave everything. */
  readonly context: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  readonly server: string;
  /** The kubeconfig's user entry, or the one impersonated. */
  readonly user: string;
}

/** What changes something. */
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How to send something. */
export interface SendOptions {
  /** `application/json` if not given. */
  readonly contentType?: string | undefined;
  /** The identity to act as in this request. */
  readonly as?: {readonly user: string; readonly groups: readonly string[]} | undefined;
}

/** An API server, as raw JSON. Paths are as in its documentation, from `/api` or `/apis` on. */
export interface Client extends Connection {
  /** Throws ApiError. */
  get(path: string): Promise<Json>;
  /** Sent only once, unless the server says 429: then it has not accepted the request. */
  send(method: Method, path: string, body?: unknown, options?: SendOptions): Promise<Json>;
  list(path: string, options?: ListOptions): Promise<Listed>;
  /** Follows a list's events until the server ends that; tried only once. Throws ApiError. */
  watch(path: string, options: WatchOptions): Promise<void>;
  close(): void;
}
