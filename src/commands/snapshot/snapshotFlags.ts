import {type Flags, sourceFlags, type ValuesOf} from '../flags.ts';

/** The flags of `snapshot`. */
export const snapshotFlags = {
  force: {type: 'boolean', help: 'overwrite FILE without asking'},
  allNamespaces: {
    type: 'boolean',
    short: 'A',
    help: 'what it does in any case: a snapshot has all namespaces',
  },
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type SnapshotFlags = ValuesOf<typeof snapshotFlags>;
