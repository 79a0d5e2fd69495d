import {seccompAllowedKey, seccompDefaultKey} from '../../kube/annotations.ts';
import {type FieldError, invalid} from '../../kube/fieldError.ts';
import type {Policy} from '../../kube/objects.ts';
import {sinceRelease} from '../../kube/release.ts';

export const runtimeDefault = 'runtime/default';
export const dockerDefault = 'docker/default';

/** Names of one profile, each of which lets in the others (seccomp/strategy.go, NewStrategy). */
export const sameProfile = sinceRelease<readonly string[]>({
  16: [],
  19: [runtimeDefault, dockerDefault],
});

/** Whether pods have a field for it, and not annotations alone (staging/src/k8s.io/api/core/v1/types.go). */
export const hasSeccompField = sinceRelease<boolean>({16: false, 19: true});

/** What the API server says of the seccomp annotations of a policy. */
export function seccompErrors({metadata: {annotations = {}}}: Policy): readonly FieldError[] {
  const errorsOf = (key: string, profile: string) => {
    const problem = profileProblem(profile);
    if (problem === undefined) return [];
    const badValue = problem.isPath ? profile.slice('localhost/'.length) : profile;
    return problem.texts.map(text => invalid(`metadata.annotations[${key}]`, badValue, text));
  };
  const {[seccompDefaultKey]: fill = '', [seccompAllowedKey]: allowed = ''} = annotations;
  return [
    ...(fill === '' ? [] : errorsOf(seccompDefaultKey, fill)),
    ...(allowed === '' ? [] : allowed.split(','))
      .filter(profile => profile !== '*')
      .flatMap(profile => errorsOf(seccompAllowedKey, profile)),
  ];
}

/** What is wrong with the name of a profile (pkg/apis/core/validation/validation.go, ValidateSeccompProfile). */
export function profileProblem(
  profile: string,
): {readonly texts: readonly string[]; readonly isPath: boolean} | undefined {
  if ([runtimeDefault, dockerDefault, 'unconfined'].includes(profile)) return undefined;
  if (!profile.startsWith('localhost/')) {
    return {texts: ['must be a valid seccomp profile'], isPath: false};
  }
  const path = profile.slice('localhost/'.length);
  const texts = [
    ...(path.startsWith('/') ? ['must be a relative path'] : []),
    ...(path.split('/').includes('..') ? ["must not contain '..'"] : []),
  ];
  return texts.length === 0 ? undefined : {texts, isPath: true};
}
