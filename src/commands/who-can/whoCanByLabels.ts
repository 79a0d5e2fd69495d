import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {Identity} from '../../rbac/authorize.ts';
import {isPartOf} from '../../rbac/grantee.ts';
import {type RelabelRight, relabelRights} from '../../rbac/relabel.ts';
import {document} from '../../report/machine.ts';
import {printedRelabeler, relabelTable} from '../../report/podSecurity/relabel.ts';
import {printMachine} from '../answer.ts';
import type {World} from '../world.ts';
import type {whoCanFormats} from './whoCanFlags.ts';

/** Whose rights are asked for, and how they are printed. */
interface Question {
  readonly namespace: string | undefined;
  readonly identity: Identity | undefined;
  readonly format: (typeof whoCanFormats)[number];
  readonly headers: boolean;
}

/**
 * Answers who-can where there are no policies to use: there, who may change the labels of a namespace decides
 * what gets in.
 */
export async function whoMayRelabel(
  world: World,
  inventory: Inventory,
  {namespace, identity, format, headers}: Question,
): Promise<ExitCode> {
  const {rbac, gaps, serverVersion = 'this version'} = inventory;
  const found = relabelRights(rbac).filter(
    right =>
      isAbout(right, namespace) && (identity === undefined || isPartOf(right.subject, identity)),
  );
  if (format === 'json' || format === 'yaml') {
    const answer = {...document('WhoCan', [], gaps), relabelers: found.map(printedRelabeler)};
    await printMachine(world, format, {...answer, notes: []});
    return exitCodes.ok;
  }
  world.warn(
    `note: the server (${serverVersion}) has no policies to use; the labels of namespaces decide, and these may change them`,
  );
  if (format === 'name') return exitCodes.ok;
  if (found.length > 0) world.print(relabelTable(found, headers));
  else
    world.warn(
      gaps.length === 0
        ? 'Nobody but system:masters.'
        : 'Nobody that is known: not all could be read.',
    );
  return exitCodes.ok;
}

function isAbout({namespaces}: RelabelRight, namespace: string | undefined): boolean {
  return namespace === undefined || namespaces === undefined || namespaces.includes(namespace);
}
