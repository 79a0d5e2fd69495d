import type {Inventory} from '../../inventory/inventory.ts';
import {isByLabels} from '../../inventory/regime.ts';
import type {PodSecuritySettings} from '../../podSecurity/settings.ts';
import type {settingsFlag, staticFlag, ValuesOf} from '../flags.ts';
import type {World} from '../world.ts';
import {withStatics} from './staticPolicies.ts';

type SettingsRequest = Partial<ValuesOf<typeof settingsFlag & typeof staticFlag>>;

/** What --admission-config says; undefined if it is not given. */
export async function wantedSettings(
  world: World,
  {admissionConfig}: SettingsRequest,
): Promise<PodSecuritySettings | undefined> {
  if (admissionConfig === undefined) return undefined;
  const {builtInSettings} = await import('../../podSecurity/settings.ts');
  if (admissionConfig === 'none') return builtInSettings;
  const {settingsIn} = await import('../../podSecurity/configuration.ts');
  const [document] = await world.readDocuments([admissionConfig]);
  return settingsIn(document?.value ?? null, document?.file ?? admissionConfig);
}

/** The inventory with what --static-policies and --admission-config say, where that decides. */
export async function withSettings(
  world: World,
  flags: SettingsRequest,
  read: Inventory,
): Promise<Inventory> {
  const inventory = await withStatics(world, flags, read);
  const podSecurity = await wantedSettings(world, flags);
  if (podSecurity === undefined) return inventory;
  if (!isByLabels(inventory)) {
    world.warn('--admission-config has no effect: policies decide here');
    return inventory;
  }
  return {...inventory, podSecurity};
}
