import type {ClusterReader} from '../inventory/cluster.ts';
import type {JsonObject} from '../kube/json.ts';
import type {SourceDocument} from '../yaml/documents.ts';
import type {ConnectionFlags} from './flags.ts';

/** A connection that a command opened and has to close. */
export interface Cluster extends ClusterReader {
  close(): void;
}

/**
 * All that a command may do to the world. src/world has the real one; tests may hand in another.
 */
export interface World {
  /** To standard output: answers and nothing else, so that they can be piped. */
  print(text: string): void;
  /** A line to standard error. Control characters are escaped. */
  warn(line: string): void;
  readonly stdoutIsTerminal: boolean;
  /** Now, as ISO 8601. */
  now(): string;
  /** The documents of files, folders (searched for .yaml, .yml and .json) and `-`. */
  readDocuments(paths: readonly string[]): Promise<readonly SourceDocument[]>;
  /** Writes a new file that only its owner can read; asks before it overwrites one, unless forced. */
  writeFile(path: string, text: string, force: boolean): Promise<void>;
  /** The snapshot of the demo cluster. */
  demo(): Promise<JsonObject>;
  /** The namespace of the kubeconfig's context, or `default`; reads no more than files. */
  defaultNamespace(flags: ConnectionFlags): Promise<string>;
  connect(flags: ConnectionFlags): Promise<Cluster>;
}
