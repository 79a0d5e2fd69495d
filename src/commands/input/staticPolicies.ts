import {UserError} from '../../errors.ts';
import {flattened} from '../../inventory/files/sourceObjects.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {isNative} from '../../inventory/native/nativeHome.ts';
import {nativeReading} from '../../inventory/read/readNative.ts';
import {isObject, type JsonObject} from '../../kube/json.ts';
import type {staticFlag, ValuesOf} from '../flags.ts';
import type {World} from '../world.ts';

type StaticRequest = Partial<ValuesOf<typeof staticFlag>>;

/**
 * The admission policies of the files that --static-policies names; undefined if it is not given. A UserError if there
 * are none of this program in them.
 */
export async function wantedStatics(
  world: World,
  {staticPolicies = []}: StaticRequest,
): Promise<readonly JsonObject[] | undefined> {
  if (staticPolicies.length === 0) return undefined;
  const documents = await world.readDocuments(staticPolicies);
  const own = documents
    .flatMap(({file, value}) => (isObject(value) ? flattened({where: file, value}) : []))
    .flatMap(({value}) => (isNative(value) ? [value] : []));
  if (own.some(({kind}) => kind === 'ValidatingAdmissionPolicy')) return own;
  throw new UserError(
    `--static-policies ${staticPolicies.join(', ')}: no ValidatingAdmissionPolicy that migrate policies --static made`,
  );
}

/** The inventory of a server that has these files as well; a UserError if it can have none. */
export async function withStatics(
  world: World,
  flags: StaticRequest,
  inventory: Inventory,
): Promise<Inventory> {
  const staticPolicies = await wantedStatics(world, flags);
  if (staticPolicies === undefined) return inventory;
  const {policyApi, source, admissionPolicies = [], gaps} = inventory;
  if (policyApi !== 'absent') {
    throw new UserError(
      `--static-policies: ${source} has PodSecurityPolicies of its own, or does not tell: a server from v1.37 on reads admission policies from files`,
    );
  }
  let problem: string | undefined;
  const objects = [...admissionPolicies, ...staticPolicies];
  const reading = nativeReading(objects, reason => {
    problem = reason;
  });
  if (problem !== undefined) throw new UserError(`--static-policies: ${problem}`);
  return {...inventory, ...reading, staticPolicies, gaps};
}
