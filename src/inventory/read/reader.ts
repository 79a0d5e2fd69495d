import type {Json, JsonObject} from '../../kube/json.ts';
import type {ListItem, ListItemOrHead} from '../../kube/listItem.ts';
import type {LateHead} from '../../kube/protobuf/late.ts';

/** What reading a cluster takes: raw JSON by path. src/world/client.ts has it. */
export interface ClusterReader {
  readonly context: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  readonly server: string;
  readonly user: string;
  get(path: string): Promise<Json>;
  send(method: 'POST', path: string, body: unknown): Promise<Json>;
  list(path: string, options: ListOptions): Promise<unknown>;
  /** Whether an error means "you may not", or "there is no such thing". */
  isForbidden(error: unknown): boolean;
  isNotFound(error: unknown): boolean;
}

/** How to list. */
export interface ListOptions {
  /** Items per page; 500 if not given, 0 for all at once. */
  readonly limit?: number | undefined;
  /** Gets each page as it comes; the whole list is then not kept. */
  onPage?: ((items: readonly JsonObject[]) => void) | undefined;
  /**
   * Like onPage, for a kind that src/kube knows as protobuf: what comes in that form has only the fields
   * that are read, and specs may be read later.
   */
  onLate?: ((items: readonly ListItem[]) => void) | undefined;
  /**
   * A list of more than a page may come from the server's watch cache, as controllers get it: all at
   * once and with less work for the server, but perhaps a moment out of date. To find out how long it is, a
   * small page comes first.
   */
  readonly cached?: boolean | undefined;
  /** Together with onLate and `cached`: takes metadata alone if the list has more than a page. */
  readonly heads?: HeadsOption | undefined;
}

/** What a reader needs that can do with metadata instead of objects. */
export interface HeadsOption {
  /** Tells from the first objects of the list whether metadata is enough. */
  areEnough(first: readonly ListItemOrHead[]): boolean;
  /** Gets the metadata of what does not come whole; the rest goes to onLate. */
  take(heads: readonly LateHead[]): void;
}
