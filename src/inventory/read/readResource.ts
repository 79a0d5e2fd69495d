import {messageOf} from '../../errors.ts';
import type {LateHead} from '../../kube/protobuf/late.ts';
import type {Gap} from '../inventory.ts';
import {
  decidesRights,
  decodeLive,
  isInEveryCluster,
  listPath,
  pagesOf,
  type Resource,
} from '../kinds/resources.ts';
import type {Limiter} from './limiter.ts';
import type {ClusterReader, HeadsOption} from './reader.ts';

/** What the readings of all kinds share. */
export interface Reading {
  readonly client: ClusterReader;
  /** One namespace; undefined for all. */
  readonly namespace: string | undefined;
  /** The namespace to read where all are meant and can't even be listed. */
  readonly home: string;
  /** Nothing from the server's cache. */
  readonly exact: boolean;
  /** Receives what may not be read. */
  readonly gaps: Gap[];
  readonly run: Limiter;
  /** The names of all namespaces; none if they may not be read. */
  namespaces(): Promise<readonly string[]>;
}

/** The contents of a kind's list. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** undefined if the server has no such kind, or it could not be read. */
  readonly apiVersion: string | undefined;
  /** The metadata of further objects, of which nothing else was sent. */
  readonly heads: readonly LateHead[];
}

/** For a kind that was not asked for, or that the server does not have. */
export const nothing: Listing<never> = {items: [], apiVersion: undefined, heads: []};

/**
 * Lists a kind: over all namespaces, or in the one that is meant; without the right to that, in each
 * namespace. `areHeadsEnough`: whether metadata is enough for a long list over all that begins like this.
 */
export async function readResource<T>(
  reading: Reading,
  resource: Resource<T>,
  areHeadsEnough?: HeadsOption['areEnough'],
): Promise<Listing<T>> {
  const {client, gaps} = reading;
  const scope = resource.namespaced ? reading.namespace : undefined;
  let missing: unknown;
  for (const apiVersion of resource.apiVersions) {
    try {
      return await listDecoded(reading, resource, {apiVersion, namespace: scope, areHeadsEnough});
    } catch (error) {
      if (client.isNotFound(error)) {
        missing = error;
        continue;
      }
      if (!client.isForbidden(error)) throw error;
      // Only another group can be forbidden where this one could be asked: one that v1.16 and later don't serve.
      if (missing !== undefined) continue;
      const reason = messageOf(error);
      if (!resource.namespaced || scope !== undefined) {
        gaps.push({resource: resource.plural, namespace: scope, reason});
        return {...nothing, apiVersion};
      }
      return readByNamespace(reading, resource, apiVersion, reason);
    }
  }
  if (isInEveryCluster(resource)) throw missing;
  if (decidesRights(resource)) {
    gaps.push({resource: resource.plural, namespace: scope, reason: messageOf(missing)});
  }
  return nothing;
}

async function readByNamespace<T>(
  reading: Reading,
  resource: Resource<T>,
  apiVersion: string,
  reason: string,
): Promise<Listing<T>> {
  const {client, gaps} = reading;
  const listed = await reading.namespaces();
  const areListed = listed.length > 0;
  const parts = await Promise.all(
    (areListed ? listed : [reading.home]).map(async namespace => {
      try {
        const {items} = await listDecoded(reading, resource, {apiVersion, namespace});
        if (!areListed) gaps.push(outsideOf(resource, namespace, reason));
        return items;
      } catch (error) {
        if (!client.isForbidden(error)) throw error;
        gaps.push(
          areListed
            ? {resource: resource.plural, namespace, reason: messageOf(error)}
            : outsideOf(resource, '', reason),
        );
        return [];
      }
    }),
  );
  return {items: parts.flat(), apiVersion, heads: []};
}

/**
 * The gap of a kind that could be read in one namespace at most ('': in none), while nobody knows what
 * others there are.
 */
export function outsideOf(
  {plural}: Pick<Resource<unknown>, 'plural'>,
  namespace: string,
  reason: string,
): Gap {
  const gap = {resource: plural, namespace: undefined, reason};
  return namespace === '' ? gap : {...gap, except: [namespace]};
}

interface Scope {
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  readonly areHeadsEnough?: HeadsOption['areEnough'] | undefined;
}

/** Reads one list when it is its turn. */
export function listDecoded<T>(
  {client, exact, run}: Pick<Reading, 'client' | 'exact' | 'run'>,
  resource: Resource<T>,
  {apiVersion, namespace, areHeadsEnough}: Scope,
): Promise<Listing<T>> {
  return run(async () => {
    const items: T[] = [];
    const heads: LateHead[] = [];
    const take = (page: readonly LateHead[]): void => {
      for (const head of page) heads.push(head);
    };
    await client.list(listPath(resource, apiVersion, namespace), {
      cached: !exact,
      heads: areHeadsEnough && {areEnough: areHeadsEnough, take},
      ...pagesOf(resource, apiVersion, page => {
        for (const item of page) items.push(decodeLive(resource, apiVersion, item));
      }),
    });
    return {items, apiVersion, heads};
  });
}
