import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Advice, adviceFor} from '../../../src/advice/advice.ts';
import type {ConnectionFlags} from '../../../src/commands/flags.ts';
import {runSession} from '../../../src/commands/summary/runSession.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import {templatesOf} from '../../../src/inventory/submissions/items.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {ApplyResult, Services, Wanted} from '../../../src/tui/services.ts';
import {realWorld} from '../../../src/world/index.ts';

/** The session without its screen. */
export interface BareSession {
  readonly services: Services;
  /** What the session shows once all is read. */
  readonly inventory: Inventory;
  end(): void;
}

/** Opens a session as the program does, but for the terminal. Its files go to `folder`. */
export async function openBareSession(
  flags: ConnectionFlags,
  folder: string,
): Promise<BareSession> {
  const opened = Promise.withResolvers<BareSession>();
  const closed = Promise.withResolvers<void>();
  const real = realWorld(new AbortController().signal);
  const world: typeof real = {
    ...real,
    warn() {},
    writeFile: (path, text, force) => real.writeFile(join(folder, path), text, force),
    fileExists: path => real.fileExists(join(folder, path)),
    async openSession({live, services}) {
      while (live.current().freshness.state !== 'live') await sleep(5);
      opened.resolve({services, inventory: live.current().inventory, end: closed.resolve});
      await closed.promise;
    },
  };
  runSession(world, flags).catch(opened.reject);
  return opened.promise;
}

/** Applies what is wanted, as the session does once it is agreed to. */
export async function applyIn({services}: BareSession, wanted: Wanted): Promise<ApplyResult> {
  return services.apply(await services.plan(wanted));
}

/** The policy as a session's editor would leave it: pods may see the processes of the host. */
export function draftOf({policies}: Inventory, name: string): Policy {
  const policy = policies.find(({metadata}) => metadata.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return {...policy, spec: {...policy.spec, hostPID: true}};
}

/** The policies that a session advises for the accounts of a namespace. */
export function advicesFor(inventory: Inventory, namespace: string): readonly Advice[] {
  const items = templatesOf(inventory).filter(item => item.namespace === namespace);
  return adviceFor(items, 'service-account', false);
}
