import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {JsonObject} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {objectOf} from '../run/output.ts';
import {goModule} from './goModule.ts';

export type StandardLevel = 'baseline' | 'restricted';

/** A pod of the standards' own tests. */
export interface StandardFixture {
  readonly level: StandardLevel;
  /** Its file: `baseline/fail/hostports0`. */
  readonly path: string;
  /** Whether the standard lets it through. */
  readonly passes: boolean;
  readonly pod: JsonObject;
}

/**
 * The folder of the Pod Security Standards' own Go module of v1.24 in the module cache; undefined, and a
 * line on stderr, if there is no Go to get it.
 */
export function podSecurityModule(): string | undefined {
  return goModule('k8s.io/pod-security-admission@v0.24.17', "the Pod Security Standards' tests");
}

/** The newest version of the standards that the module has pods for, and that of each check. */
export function standardVersions(folder: string): {
  readonly fixtures: string;
  readonly checks: readonly string[];
} {
  const minor = (version: string) => Number(version.split('.')[1]);
  const versions = readdirSync(join(folder, 'test/testdata/restricted'));
  const sources = readdirSync(join(folder, 'policy'))
    .filter(name => name.startsWith('check_') && !name.endsWith('_test.go'))
    .map(name => readFileSync(join(folder, 'policy', name), 'utf8'));
  return {
    fixtures: versions.toSorted((a, b) => minor(a) - minor(b)).at(-1) ?? '',
    checks: sources.flatMap(source =>
      [...source.matchAll(/MajorMinorVersion\(1, (\d+)\)/g)].map(([, number]) => `v1.${number}`),
    ),
  };
}

/** The pods of the newest version, by level and name. */
export function standardFixtures(folder: string): readonly StandardFixture[] {
  const {fixtures} = standardVersions(folder);
  return (['baseline', 'restricted'] as const).flatMap(level =>
    [true, false].flatMap(passes => {
      const result = passes ? 'pass' : 'fail';
      const place = join(folder, 'test/testdata', level, fixtures, result);
      return readdirSync(place)
        .toSorted()
        .map(file => {
          const [document] = readDocuments(readFileSync(join(place, file), 'utf8'), file);
          const pod = objectOf(document?.value);
          const path = `${level}/${result}/${file.replace(/\.yaml$/, '')}`;
          return {level, path, passes, pod};
        });
    }),
  );
}
