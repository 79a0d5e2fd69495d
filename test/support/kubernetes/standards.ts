import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Json, printJson} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {goModule} from './goModule.ts';
import {runReference} from './reference.ts';

/** A pod for the Pod Security Standards, as JSON. */
export interface StandardQuestion {
  readonly pod: Json;
  readonly level: 'privileged' | 'baseline' | 'restricted';
  /** `latest` or `v1.N`. */
  readonly version: string;
}

/** What the standards say. */
export interface StandardAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly detail: string;
  readonly message: string;
}

/** What Kubernetes' own code says, in the order of the questions. */
export function askStandards(questions: readonly StandardQuestion[]): readonly StandardAnswer[] {
  const lines = questions.map(({pod, level, version}) => {
    const asked = `"level":"${level}","version":"${version}"`;
    return `{"pod":${printJson(pod)},${asked}}\n`;
  });
  const output = runReference('psa-reference', [], lines.join('')).toString('utf8').trimEnd();
  const answers = output === '' ? [] : output.split('\n');
  if (answers.length !== questions.length) {
    throw new Error(`${questions.length} questions, but ${answers.length} answers`);
  }
  return answers.map(line => JSON.parse(line) as StandardAnswer);
}

/** A pod of the standards' own tests: what it is asked, and the folder that it is in. */
export interface StandardTest extends StandardQuestion {
  /** `baseline/v1.31/fail/hostports0.yaml`. */
  readonly path: string;
  readonly passes: boolean;
}

/** The folder of the standards' own pods of all versions up to v1.37; undefined if there is no Go. */
export function standardTestFolder(): string | undefined {
  const module = goModule('k8s.io/pod-security-admission@v0.37.2', "the standards' pods");
  return module === undefined ? undefined : join(module, 'test/testdata');
}

/** All pods below that folder. */
export function standardTests(folder: string): readonly StandardTest[] {
  return (['baseline', 'restricted'] as const).flatMap(level =>
    readdirSync(join(folder, level)).flatMap(version =>
      [true, false].flatMap(passes => {
        const place = join(level, version, passes ? 'pass' : 'fail');
        return readdirSync(join(folder, place)).map(file => {
          const path = join(place, file);
          const [document] = readDocuments(readFileSync(join(folder, path), 'utf8'), path);
          return {path, level, version, passes, pod: document?.value ?? null};
        });
      }),
    ),
  );
}
