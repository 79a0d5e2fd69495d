import type {Inventory} from '../inventory.ts';
import {
  admissionResources,
  decidesRights,
  type Resource,
  resources,
  runtimeClasses,
  workloadResources,
} from '../kinds/resources.ts';
import {sourceMapsOf} from '../native/sources.ts';
import {limiter} from '../read/limiter.ts';
import {readVersion} from '../read/readCluster.ts';
import {readSourceMap} from '../read/readNative.ts';
import type {Clock, Urgency} from './clock.ts';
import type {WatchingReader} from './liveFeed.ts';
import {createStreams, type FeedContext, type FeedEnd, follow} from './liveFeed.ts';
import {namespaceGaps} from './liveGaps.ts';
import type {Collection} from './liveStore.ts';
import {addGap, clearGaps, notePolicyApi, type Tables} from './liveTables.ts';
import {createSetbacks, type Setbacks} from './setbacks.ts';

/** How many watches: usually one for each kind, more where rights are granted namespace by namespace. */
const mostStreams = 100;

/** One reading of the whole cluster, and what follows from there. */
export interface Run {
  readonly setbacks: Setbacks;
  /** What has not been read completely yet, with the number of objects so far; undefined: nothing. */
  loading(): {readonly resource: string; readonly count: number} | undefined;
  /** When the server was last heard from, in milliseconds since 1970. */
  heardAt(): number;
  /** Receives each new inventory, which decides what else to read. */
  update(inventory: Inventory): void;
  stop(): void;
}

interface Work {
  readonly context: FeedContext;
  readonly tables: Tables;
  /** The namespace to follow if not even the list of them may be read. */
  readonly home: string;
  readonly signal: AbortSignal;
  readonly unread: Map<string, number>;
  /** Kept until they are called for the namespaces that exist now. */
  readonly scopes: Set<() => void>;
  settle(resource: string): void;
}

/** Starts to read and follow a cluster into the tables; `changed` hears of everything. */
export function startRun(
  client: WatchingReader,
  home: string,
  tables: Tables,
  clock: Clock,
  changed: (urgency?: Urgency) => void,
): Run {
  const own = new AbortController();
  const setbacks = createSetbacks(clock, changed);
  const unread = new Map<string, number>();
  const scopes = new Set<() => void>();
  let heardAt = clock.now();
  let latest = '';
  const context: FeedContext = {
    client,
    clock,
    setbacks,
    limit: limiter(),
    streams: createStreams(mostStreams),
    heard(urgency) {
      heardAt = clock.now();
      changed(urgency);
    },
    read(plural, count) {
      if (!unread.has(plural)) return;
      latest = plural;
      unread.set(plural, count);
    },
  };
  const settle = (resource: string): void => {
    if (resource === runtimeClasses.plural) tables.facts.areClassesKnown = true;
    const isLast = unread.delete(resource) && unread.size === 0;
    tables.facts.isWhole ||= isLast;
    // Who waits for the last list shall not wait for the next batch.
    changed(isLast ? 'now' : 'soon');
  };
  const {signal} = own;
  const work: Work = {context, tables, home, signal, unread, scopes, settle};
  startAll(work);
  const native = nativeFeeds(work);
  let known: Inventory['namespaces'] | undefined;
  return {
    setbacks,
    heardAt: () => heardAt,
    loading() {
      const resource = unread.has(latest) ? latest : [...unread.keys()][0];
      return resource === undefined ? undefined : {resource, count: unread.get(resource) ?? 0};
    },
    update(inventory) {
      native.update(inventory);
      if (inventory.namespaces === known || unread.has(resources.namespaces.plural)) return;
      known = inventory.namespaces;
      for (const adapt of scopes) adapt();
    },
    stop: () => own.abort(new Error('stopped')),
  };
}

/** What fills the first views is asked for first. */
function startAll(work: Work): void {
  const {tables} = work;
  startVersion(work);
  startKind(work, resources.policies, tables.policies);
  startKind(work, resources.clusterRoles, tables.clusterRoles);
  startKind(work, resources.clusterRoleBindings, tables.clusterRoleBindings);
  startKind(work, resources.roles, tables.roles);
  startKind(work, resources.roleBindings, tables.roleBindings);
  startKind(work, resources.namespaces, tables.namespaces);
  startKind(work, resources.serviceAccounts, tables.serviceAccounts);
  startKind(work, resources.pods, tables.pods);
  startKind(work, runtimeClasses, tables.runtimeClasses);
  workloadResources.forEach((resource, index) => {
    const collection = tables.workloads[index];
    if (collection) startKind(work, resource, collection);
  });
}

function startVersion({context, tables, signal, unread, settle}: Work): void {
  const {client, setbacks} = context;
  const who = 'version';
  unread.set(who, 0);
  const read = async (): Promise<void> => {
    for (;;) {
      try {
        tables.facts.serverVersion = await readVersion(client);
        setbacks.over(who);
        settle(who);
        return;
      } catch (error) {
        signal.throwIfAborted();
        await setbacks.pause(who, error, signal);
      }
    }
  };
  background(read(), signal);
}

function startKind<T>(work: Work, resource: Resource<T>, collection: Collection<T>): void {
  const {context, tables, signal, unread, settle} = work;
  const {plural} = resource;
  unread.set(plural, 0);
  const onListed = (apiVersion: string | undefined): void => {
    clearGaps(tables, plural);
    if (plural === resources.policies.plural) notePolicyApi(tables, apiVersion);
    settle(plural);
  };
  const finish = (end: FeedEnd): void => {
    if (end.why === 'absent') {
      collection.retain(() => false);
      if (plural === resources.policies.plural) startAdmission(work, 0);
      onListed(undefined);
      if (decidesRights(resource)) {
        addGap(tables, {resource: plural, namespace: undefined, reason: end.reason});
      }
    } else if (resource.namespaced) {
      clearGaps(tables, plural);
      followNamespaces(work, resource, collection, end.reason);
    } else {
      collection.retain(() => false);
      onListed(end.apiVersion);
      addGap(tables, {resource: plural, namespace: undefined, reason: end.reason});
      if (plural === resources.policies.plural) {
        notePolicyApi(tables, end.apiVersion);
        startAdmission(work, 0); // who may not list them is told so also where there are none
      }
    }
  };
  const feed = {resource, namespace: undefined, collection, signal, onListed};
  background(follow(context, feed).then(finish), signal);
}

/** Follows the kind of this place among those that policies may live in. */
function startAdmission(work: Work, index: number): void {
  const resource = admissionResources[index];
  const collection = work.tables.admission[index];
  if (resource && collection) startKind(work, resource, collection);
}

/** Follows the rest of what policies live in, once there are any: their bindings, and where their sources are kept. */
function nativeFeeds(work: Work): {update(inventory: Inventory): void} {
  const {tables, context, signal} = work;
  let isFollowed = false;
  const asked = new Set<string>();
  const readMap = async (name: string): Promise<void> => {
    const map = await readSourceMap(context.client, name);
    if (map === undefined) return;
    tables.sourceMaps.set(name, map);
    context.heard('soon');
  };
  return {
    update({admissionPolicies}) {
      if (admissionPolicies === undefined) return;
      if (!isFollowed)
        admissionResources.slice(1).forEach((_, index) => void startAdmission(work, index + 1));
      isFollowed = true;
      for (const name of admissionPolicies.flatMap(sourceMapsOf)) {
        if (asked.has(name)) continue;
        asked.add(name);
        background(
          readMap(name).catch(() => undefined),
          signal,
        );
      }
    },
  };
}

/** Follows a kind that may not be listed over all namespaces in each of them. */
function followNamespaces<T>(
  work: Work,
  resource: Resource<T>,
  collection: Collection<T>,
  reason: string,
): void {
  const {tables, unread, scopes, settle} = work;
  const {plural} = resource;
  // Even if all of it had been read before: now it is incomplete until each namespace is read.
  unread.set(plural, 0);
  const followed = new Map<string, AbortController>();
  const waiting = new Set<string>();
  const gaps = namespaceGaps(tables, resource, reason);
  const done = (name: string, refusal?: string): void => {
    waiting.delete(name);
    gaps.note(name, refusal);
    if (waiting.size === 0) settle(plural);
  };
  const begin = (name: string): void => {
    const own = new AbortController();
    followed.set(name, own);
    waiting.add(name);
    const scope = {resource, collection, namespace: name, own: own.signal};
    followNamespace(work, {...scope, done: refusal => done(name, refusal)});
  };
  const end = (name: string, own: AbortController): void => {
    own.abort(new Error('the namespace is gone'));
    followed.delete(name);
    waiting.delete(name);
    work.context.setbacks.forget(`${plural}/${name}`);
  };
  const adapt = (): void => {
    const listed = tables.namespaces.value().flatMap(({metadata}) => metadata?.name ?? []);
    const names = new Set(listed.length > 0 ? listed : [work.home]);
    collection.retain(place => names.has(place.split('/')[0] ?? ''));
    for (const [name, own] of followed) if (!names.has(name)) end(name, own);
    gaps.retain(names, listed.length > 0);
    for (const name of names) if (!followed.has(name)) begin(name);
    if (waiting.size === 0) settle(plural);
  };
  scopes.add(adapt);
  if (!unread.has(resources.namespaces.plural)) adapt();
}

interface NamespaceScope<T> {
  readonly resource: Resource<T>;
  readonly collection: Collection<T>;
  readonly namespace: string;
  readonly own: AbortSignal;
  /** It is read, or can't be, for this reason. */
  done(refusal?: string): void;
}

function followNamespace<T>(
  {context, signal: all}: Work,
  {resource, collection, namespace, own, done}: NamespaceScope<T>,
): void {
  const signal = AbortSignal.any([all, own]);
  const onListed = (): void => done();
  const finish = (end: FeedEnd): void => {
    if (signal.aborted) return;
    collection.retain(place => !place.startsWith(`${namespace}/`));
    done(end.why === 'forbidden' ? end.reason : undefined);
  };
  const feed = {resource, namespace, collection, signal, onListed};
  background(follow(context, feed).then(finish), signal);
}

/** It can only fail by being stopped; any other failure is a bug and should show as one. */
function background(task: Promise<void>, signal: AbortSignal): void {
  task.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
