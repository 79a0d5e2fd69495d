import {type Flags, noHeadersFlag, outputFlag} from '../flags.ts';

/** The output formats of `compare`. */
export const compareFormats = ['table', 'wide', 'json', 'yaml'] as const;

/** The flags of `compare`. */
export const compareFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    placeholder: 'NS',
    completes: 'namespaces',
    help: 'the namespace of objects that name none (default: default)',
  },
  failOnRise: {type: 'boolean', help: 'exit with 1 if a privilege rises'},
  ...outputFlag(...compareFormats),
  ...noHeadersFlag,
} as const satisfies Flags;
