import {type Json, type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {objectOf} from '../run/output.ts';
import {builtProgram} from './built.ts';
import {isThorough, runProgram} from './reference.ts';

/** A request and the admission policies in force, for cel-reference: test/successor/README.md. */
export interface CelCase {
  readonly name?: string;
  /** Admission policies and bindings; those of the case before if not given. */
  readonly objects?: readonly Json[];
  /** Also why the server would not store them, which takes as long as compiling them. */
  readonly stored?: boolean;
  readonly operation?: 'CREATE' | 'UPDATE';
  readonly subresource?: 'ephemeralcontainers' | 'resize';
  readonly object: Json;
  readonly oldObject?: Json | undefined;
  readonly namespace: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly user: Json;
  readonly grants?: readonly CelGrant[];
  /** RBAC objects, as in the vectors. */
  readonly rbac?: Json;
}

/** Who may use which policies; `*` is any. */
export interface CelGrant {
  readonly user?: string;
  readonly group?: string;
  /** `namespace/name` */
  readonly serviceAccount?: string;
  readonly policies: readonly string[];
  /** `policy` if not given. */
  readonly apiGroup?: 'policy' | 'extensions';
  readonly namespace?: string;
}

/** What the API server's own code says of it. */
export interface CelAnswer {
  readonly name?: string;
  readonly allowed: boolean;
  /** What refused it. */
  readonly phase?: 'mutate' | 'validation' | 'validate';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly pod?: JsonObject;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  /** The dearest evaluation of each sort. */
  readonly cost: Readonly<
    Record<'mutation' | 'validation' | 'auditAnnotation' | 'matchCondition', number>
  >;
  /** Why the server would not store one of the policies. */
  readonly invalid?: readonly string[];
  readonly error?: string;
}

/** The path of cel-reference: `$PSP_CEL_REFERENCE`, or what policies.sh has built; undefined if there is none. */
function celReference(): string | undefined {
  const named = process.env.PSP_CEL_REFERENCE;
  return builtProgram({script: 'successor/policies.sh', program: 'cel-reference', named});
}

const missing = 'cel-reference not found; run test/successor/policies.sh';

/** Whether there is a cel-reference, as `hasReference` says it of the other programs. */
export function hasCelReference(): boolean {
  if (celReference() !== undefined) return true;
  if (isThorough) throw new Error(missing);
  process.stderr.write(`skipped: ${missing}\n`);
  return false;
}

/** What the API server's code says of the cases, in their order. */
export function askCel(cases: readonly CelCase[]): readonly CelAnswer[] {
  const program = celReference();
  if (program === undefined) throw new Error(missing);
  const lines = cases.map(one => `${printJson(one as unknown as Json)}\n`).join('');
  // It makes much garbage, and collecting that at the usual rate is a third of its work.
  const env = {GOGC: '400', ...process.env};
  const text = runProgram(program, [], lines, env).toString('utf8').trimEnd();
  const answers = text === '' ? [] : text.split('\n');
  if (answers.length !== cases.length) {
    throw new Error(`${cases.length} cases, but ${answers.length} answers`);
  }
  return answers.map(line => objectOf(parseJson(line)) as unknown as CelAnswer);
}
