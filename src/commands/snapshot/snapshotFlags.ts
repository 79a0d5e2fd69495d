import {type Flags, sourceFlags, type ValuesOf} from '../flags.ts';

/** The flags of `snapshot`. */
export const snapshotFlags = {
  force: {type: 'boolean', help: 'overwrite FILE without asking'},
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type SnapshotFlags = ValuesOf<typeof snapshotFlags>;
