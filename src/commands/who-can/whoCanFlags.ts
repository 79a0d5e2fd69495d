import {
  type Flags,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  sourceFlags,
  staticFlag,
  type ValuesOf,
} from '../flags.ts';

/** The output formats. */
export const whoCanFormats = ['table', 'wide', 'name', 'json', 'yaml'] as const;

/** The flags of `who-can`. */
export const whoCanFlags = {
  subject: {
    type: 'list',
    placeholder: 'SUBJECT',
    completes: 'subjects',
    help: 'sa:NS/NAME, user:NAME or group:NAME; repeat it for one identity of several',
  },
  expand: {type: 'boolean', help: 'name the service accounts and pods that groups stand for'},
  indirect: {
    type: 'boolean',
    help: 'list who could give themselves a policy, or change one',
  },
  verify: {
    type: 'boolean',
    help: 'ask the server about each row and near misses; exit with 1 if it disagrees',
  },
  ...scopeFlags,
  ...outputFlag(...whoCanFormats),
  ...noHeadersFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type WhoCanFlags = ValuesOf<typeof whoCanFlags>;
