import {
  type Flags,
  outputFlag,
  scopeFlags,
  settingsFlag,
  sourceFlags,
  staticFlag,
  type ValuesOf,
  watchFlag,
} from '../flags.ts';

/** The output formats. */
export const summaryFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** The flags of the summary and the session. */
export const summaryFlags = {
  ...scopeFlags,
  open: {
    type: 'string',
    placeholder: 'KIND/NAME',
    help: 'open the session at pod/NAME or sa/NAME (of the namespace), or psp/NAME',
  },
  drafts: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'restore the edits that a session saved to this file when it had to end',
  },
  theme: {
    type: 'string',
    placeholder: 'THEME',
    help: 'colors of the session: for a light or a dark terminal; auto asks it (default auto)',
    choices: ['auto', 'light', 'dark'],
  },
  noMouse: {
    type: 'boolean',
    help: 'leave the mouse to the terminal, which selects text with it',
  },
  ...watchFlag,
  ...outputFlag(...summaryFormats),
  ...settingsFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type SummaryFlags = ValuesOf<typeof summaryFlags>;
