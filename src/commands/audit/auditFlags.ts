import {severities} from '../../audit/finding.ts';
import {
  type Flags,
  noHeadersFlag,
  outputFlag,
  scopeFlags,
  settingsFlag,
  sourceFlags,
  staticFlag,
  type ValuesOf,
} from '../flags.ts';

/** The output formats of `audit`. */
export const auditFormats = ['table', 'wide', 'json', 'yaml', 'sarif', 'junit', 'html'] as const;

/** The flags of `audit`. */
export const auditFlags = {
  ...scopeFlags,
  failOn: {
    type: 'string',
    placeholder: 'SEVERITY',
    help: `exit with 1 if a finding has this severity or a higher one: ${severities.join(', ')}`,
    choices: severities,
  },
  ignore: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'YAML list of findings to ignore, each with its reason',
  },
  ...outputFlag(...auditFormats),
  outputFile: {
    type: 'string',
    short: 'w',
    placeholder: 'FILE',
    completes: 'files',
    help: 'write the answer to FILE, which only its owner can read',
  },
  force: {type: 'boolean', help: 'overwrite FILE without asking'},
  ...noHeadersFlag,
  ...settingsFlag,
  ...staticFlag,
  ...sourceFlags,
} as const satisfies Flags;

/** Their values. */
export type AuditFlags = ValuesOf<typeof auditFlags>;
