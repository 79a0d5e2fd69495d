import type {Json, JsonObject} from '../../kube/json.ts';
import type {LateItem} from '../../kube/protobuf/late.ts';

/** What reading a cluster takes: raw JSON by path. src/world/client.ts has it. */
export interface ClusterReader {
  readonly context: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  readonly server: string;
  readonly user: string;
  get(path: string): Promise<Json>;
  send(method: 'POST', path: string, body: unknown): Promise<Json>;
  list(path: string, options: ListWishes): Promise<unknown>;
  /** Whether an error means "you may not", and whether it means "there is no such thing". */
  isForbidden(error: unknown): boolean;
  isNotFound(error: unknown): boolean;
}

/** How to list: see ListOptions of src/world/list.ts. */
export interface ListWishes {
  onPage?(items: readonly JsonObject[]): void;
  /** In place of onPage, for kinds that are known as protobuf. */
  onLate?(items: readonly (JsonObject | LateItem)[]): void;
  readonly cached?: boolean;
  areHeadsEnough?(first: readonly (JsonObject | LateItem)[]): boolean;
}
