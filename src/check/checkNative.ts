import type {Gap, Inventory} from '../inventory/inventory.ts';
import type {NativeFacts} from '../inventory/native/nativeFacts.ts';
import {nativeHomeIn} from '../inventory/native/nativeHome.ts';
import {policiesOfNativeObjects} from '../inventory/native/nativePolicies.ts';
import {limiter} from '../inventory/read/limiter.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {admissionGap, nativeReading, readNative} from '../inventory/read/readNative.ts';
import type {JsonObject} from '../kube/json.ts';

/** What policies do that live in admission policies; `changed`: something that is not known. */
export type NativeState = 'inForce' | 'inPlaces' | 'idle' | 'changed';

/** The state of policies that live in admission policies of an inventory; undefined if there are none. */
export function nativeStateOf({
  admissionPolicies,
  native,
}: Pick<Inventory, 'admissionPolicies' | 'native'>): NativeState | undefined {
  const home = nativeHomeIn({admissionPolicies});
  if (home === undefined) return undefined;
  if (!home.isInForce) return 'idle';
  const found = policiesOfNativeObjects(admissionPolicies ?? []);
  const isHidden = found !== undefined && 'problem' in found;
  if (isHidden || native?.drift !== undefined) return 'changed';
  return home.isUniform ? 'inForce' : 'inPlaces';
}

/** What `check` knows of admission policies besides what the API tells. */
export interface CheckNative {
  readonly compare: CompareNative;
  /** Those that the server reads from files, if somebody named these. */
  readonly statics?: readonly JsonObject[] | undefined;
}

/** Compares admission policies with the policies that they were made from. */
export type CompareNative = (objects: readonly JsonObject[]) => Promise<NativeFacts | undefined>;

/** Where policies live in admission policies, and what could not be read of that. */
export interface ReadHome {
  /** undefined: there are no such policies. */
  readonly policies: Inventory['policies'] | undefined;
  readonly state: NativeState | undefined;
  /** Whether there are policies, and nobody knows which. */
  readonly isHidden: boolean;
  readonly gaps: readonly Gap[];
}

/** Reads what the policies of a server live in that serves none. */
export async function readHome(
  client: ClusterReader,
  {compare, statics = []}: CheckNative,
): Promise<ReadHome> {
  const gaps: Gap[] = [];
  const reading = {client, namespace: undefined, home: '', exact: false, gaps, run: limiter()};
  const live = await readNative({...reading, namespaces: async () => []});
  const problem = (reason: string) => gaps.push({...admissionGap, reason});
  const read =
    statics.length === 0
      ? live
      : nativeReading([...(live.admissionPolicies ?? []), ...statics], problem);
  const {admissionPolicies} = read;
  if (admissionPolicies === undefined) {
    return {policies: undefined, state: undefined, isHidden: false, gaps};
  }
  const native = await compare(admissionPolicies);
  const state = nativeStateOf({admissionPolicies, native});
  return {policies: read.policies, state, isHidden: gaps.length > 0, gaps};
}

/** Whether admission policies refuse nothing, or are not there. */
export function isIdle(state: NativeState | undefined): boolean {
  return state === undefined || state === 'idle';
}
