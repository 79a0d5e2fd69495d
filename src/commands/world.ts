import type {ChangeClient} from '../apply/applyAll.ts';
import type {LiveInventory, WatchingReader} from '../inventory/follow/followCluster.ts';
import type {Json, JsonObject} from '../kube/json.ts';
import type {Services} from '../tui/services.ts';
import type {SessionEnd} from '../tui/session.ts';
import type {SessionStore} from '../tui/store.ts';
import type {SourceDocument} from '../yaml/documents.ts';
import type {ConnectionFlags} from './flags.ts';

/** A connection that a command opened and has to close. */
export interface Cluster extends WatchingReader, ChangeClient {
  get(path: string): Promise<Json>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json>;
  close(): void;
}

/** On which ground the terminal writes; `auto` asks it. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

/** What the interactive session works on. */
export interface SessionOptions {
  /** Called when the process has to end while the session is open; it ends once this is done. */
  onKilled(): Promise<void>;
  readonly live: LiveInventory;
  readonly services: Services;
  /** What the session remembers, with the views that it begins with. */
  readonly store: SessionStore;
  /** The user name that the server sees. */
  readonly user: string;
  readonly theme?: ThemeChoice;
  /** Whether the mouse is listened to; else the terminal selects text with it. */
  readonly hasMouse?: boolean;
}

/** The names of the kubeconfig's entries. */
export interface KubeconfigNames {
  readonly contexts: readonly string[];
  readonly clusters: readonly string[];
  readonly users: readonly string[];
}

/** The program that kubectl asks for completions, put where kubectl finds it. */
export interface InstalledCompleter {
  readonly path: string;
  /** What it leads to. */
  readonly target: string;
  /** Whether it was there already. */
  readonly isOld: boolean;
}

/**
 * All that a command may do to the world. src/world has the real one; tests may hand in another.
 */
export interface World {
  /** To standard output: answers and nothing else, so that they can be piped. */
  print(text: string): void;
  /** A line to standard error. Control characters are escaped. */
  warn(line: string): void;
  /** Why the interactive session can't run here: no terminal, or one that can't do it. */
  readonly noSession: string | undefined;
  /**
   * Gives the terminal to the interactive session until it ends; rejects, with the terminal as it was, if it
   * fails. Answers with where the user wants to go on, if not to the shell.
   */
  openSession(options: SessionOptions): Promise<SessionEnd | undefined>;
  /** Now, as ISO 8601. */
  now(): string;
  /** The documents of files, folders (searched for .yaml, .yml and .json) and `-`. */
  readDocuments(paths: readonly string[]): Promise<readonly SourceDocument[]>;
  /** The objects of a kustomization folder, as `kubectl kustomize` renders them. */
  renderKustomization(folder: string): Promise<readonly SourceDocument[]>;
  /**
   * Writes a new file that only its owner can read, whole or not at all; asks before it overwrites one, unless
   * forced. Parts are taken one by one, and none after one that fails.
   */
  writeFile(path: string, text: string | Iterable<string>, force: boolean): Promise<void>;
  fileExists(path: string): Promise<boolean>;
  /** Makes a folder, and those that it is in, if they are not there. */
  makeFolder(path: string): Promise<void>;
  /** The folder for files that nobody needs for long. */
  temporaryFolder(): string;
  /** What the user answers at the terminal; '' if they end it, undefined if there is no terminal. */
  ask(question: string): Promise<string | undefined>;
  /** The snapshot of the demo cluster. */
  demo(): Promise<JsonObject>;
  /** The namespace of the kubeconfig's context, or `default`; reads no more than files. */
  defaultNamespace(flags: ConnectionFlags): Promise<string>;
  connect(flags: ConnectionFlags): Promise<Cluster>;
  kubeconfigNames(flags: ConnectionFlags): Promise<KubeconfigNames>;
  /** Puts kubectl_complete-psp next to the kubectl-psp of PATH; overwrites nothing. */
  installCompleter(): Promise<InstalledCompleter>;
}
