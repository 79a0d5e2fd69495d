import {exitCodes, UserError} from '../errors.ts';
import {releaseNames} from '../kube/release.ts';

/** What completion can look up: names of the cluster or the kubeconfig, or files. */
export type Completes =
  | 'namespaces'
  | 'pods'
  | 'policies'
  | 'subjects'
  | 'files'
  | 'contexts'
  | 'clusters'
  | 'users';

/** One flag, as data: parsing, help, documentation and completion all come from it. */
export interface Flag {
  readonly short?: string;
  readonly type: 'string' | 'boolean' | 'list';
  /** What stands for the value in the help: FILE. */
  readonly placeholder?: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** What completion offers as the value; if absent, the choices alone. */
  readonly completes?: Completes;
  /** What it means to give the flag without a value; if absent, the value is needed. */
  readonly implied?: string;
  /** Left out of the help; for flags that only make sense to few. */
  readonly hidden?: boolean;
}

export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F['type'] extends 'list'
    ? readonly string[]
    : string | undefined;

/** The values of flags: lists are empty and booleans false if the flag is not given. */
export type ValuesOf<F extends Flags> = {readonly [K in keyof F]: ValueOf<F[K]>};

/** kubectl's flags for reaching a cluster, with kubectl's meaning. */
export const connectionFlags = {
  kubeconfig: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'kubeconfig file to use',
  },
  context: {
    type: 'string',
    placeholder: 'NAME',
    completes: 'contexts',
    help: 'context of the kubeconfig to use',
  },
  cluster: {
    type: 'string',
    placeholder: 'NAME',
    completes: 'clusters',
    help: 'cluster of the kubeconfig to use',
  },
  user: {
    type: 'string',
    placeholder: 'NAME',
    completes: 'users',
    help: 'user entry of the kubeconfig to use',
  },
  as: {type: 'string', placeholder: 'USER', help: 'user to impersonate'},
  asGroup: {type: 'list', placeholder: 'GROUP', help: 'group to impersonate (repeatable)'},
  asUid: {type: 'string', placeholder: 'UID', help: 'UID to impersonate'},
  token: {type: 'string', placeholder: 'TOKEN', help: 'bearer token for the API server'},
  server: {type: 'string', short: 's', placeholder: 'URL', help: 'address of the API server'},
  certificateAuthority: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'certificate authority of the API server',
  },
  clientCertificate: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'client certificate for TLS',
  },
  clientKey: {
    type: 'string',
    placeholder: 'FILE',
    completes: 'files',
    help: 'client key for TLS',
  },
  tlsServerName: {type: 'string', placeholder: 'NAME', help: "name in the server's certificate"},
  insecureSkipTlsVerify: {type: 'boolean', help: "do not check the server's certificate"},
  requestTimeout: {
    type: 'string',
    placeholder: 'DURATION',
    help: 'how long to wait for one request, for example 30s or 2m; 0 for no limit',
  },
  v: {
    type: 'string',
    short: 'v',
    placeholder: 'LEVEL',
    help: 'log requests on standard error: 6 the requests, 8 also their headers; never secrets',
  },
} as const satisfies Flags;

export type ConnectionFlags = Partial<ValuesOf<typeof connectionFlags>>;

/** Where the answer's facts come from. */
export const sourceFlags = {
  from: {
    type: 'list',
    placeholder: 'PATH',
    completes: 'files',
    help: 'snapshot, or manifest files and folders, instead of the cluster (repeatable)',
  },
  demo: {type: 'boolean', help: 'use the built-in demo cluster'},
  strict: {
    type: 'boolean',
    help: 'refuse files in which a key comes twice; else the last one counts, as with kubectl',
  },
  kubernetesVersion: {
    type: 'string',
    placeholder: 'VERSION',
    choices: releaseNames,
    help: "the Kubernetes by whose rules files, snapshots and the demo are judged, from v1.16 to v1.24 (default v1.24, or the snapshot's); a cluster says its own",
  },
  ...connectionFlags,
} as const satisfies Flags;

/** What no API tells of a server that judges by the labels of namespaces. */
export const settingsFlag = {
  admissionConfig: {
    type: 'string',
    placeholder: 'FILE|none',
    completes: 'files',
    help: 'of a server without policies: the file of its --admission-control-config-file, which has defaults and exemptions of Pod Security Admission; none: it has no such file',
  },
} as const satisfies Flags;

/** What no API tells of a server that has policies in files. */
export const staticFlag = {
  staticPolicies: {
    type: 'list',
    placeholder: 'PATH',
    completes: 'files',
    help: 'of a server from v1.37 on: the files of admission policies that it reads by itself, as migrate policies --static makes them: no API shows them, and pods are judged by the policies in them too (repeatable)',
  },
} as const satisfies Flags;

export const scopeFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    placeholder: 'NS',
    completes: 'namespaces',
    help: 'the namespace to look at',
  },
  allNamespaces: {type: 'boolean', short: 'A', help: 'look at all namespaces'},
} as const satisfies Flags;

export const selectorFlag = {
  selector: {
    type: 'string',
    short: 'l',
    placeholder: 'SELECTOR',
    help: 'only pods and workloads with these labels, for example app=web,tier!=db',
  },
  fieldSelector: {
    type: 'string',
    placeholder: 'SELECTOR',
    help: 'only those with these fields, for example spec.nodeName=n1,status.phase!=Running',
  },
} as const satisfies Flags;

export const filenameFlag = {
  filename: {
    type: 'list',
    short: 'f',
    placeholder: 'FILE',
    completes: 'files',
    help: 'manifest files, folders or - for standard input (repeatable)',
  },
  kustomize: {
    type: 'list',
    short: 'k',
    placeholder: 'DIR',
    completes: 'files',
    help: 'kustomization folders, rendered by kubectl kustomize (repeatable)',
  },
  recursive: {
    type: 'boolean',
    short: 'R',
    help: 'as kubectl has it; folders are always read with those below them',
  },
} as const satisfies Flags;

/** What `--dry-run` takes. */
export const dryRuns = ['none', 'client', 'server'] as const;

/** How commands that change a cluster are told how far to go. */
export const applyFlags = {
  yes: {type: 'boolean', short: 'y', help: 'apply without asking'},
  dryRun: {
    type: 'string',
    placeholder: 'MODE',
    help: 'client (show what would be done; the default) or server (have the server try it)',
    implied: 'client',
    choices: dryRuns,
  },
} as const satisfies Flags;

export const watchFlag = {
  watch: {type: 'boolean', short: 'w', help: 'go on, and print what changes in the cluster'},
} as const satisfies Flags;

export const noHeadersFlag = {
  noHeaders: {type: 'boolean', help: 'print tables without their header line'},
} as const satisfies Flags;

/** The output flag of a command that has these formats; the first one is the default. */
export function outputFlag<const C extends readonly [string, ...string[]]>(...choices: C) {
  const picks = choices.includes('json')
    ? '; jsonpath=... and custom-columns=... as with kubectl'
    : '';
  const help = `output format: ${choices.join(', ')} (default ${choices[0]})${picks}`;
  return {output: {type: 'string', short: 'o', placeholder: 'FORMAT', help, choices}} as const;
}

/** The value of a flag that takes one of a few words; a usage error says which. */
export function choose<C extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly [C, ...C[]],
): C {
  if (value === undefined) return choices[0];
  const found = choices.find(choice => choice === value);
  if (found !== undefined) return found;
  const template = /^(jsonpath|custom-columns|go-template|template)(-as-json|-file)?\b/.exec(
    value,
  )?.[0];
  if (template !== undefined && flag.startsWith('-o')) {
    throw new UserError(
      `${flag} ${template}: take -o jsonpath='{.items[*].name}', -o custom-columns=NAME:.name or -o json, where there is JSON`,
      exitCodes.usage,
    );
  }
  throw new UserError(
    `${flag}: ${JSON.stringify(value)} is not one of ${choices.join(', ')}`,
    exitCodes.usage,
  );
}

/** A flag's name on the command line: `allNamespaces` is `all-namespaces`. */
export function flagName(key: string): string {
  return key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
