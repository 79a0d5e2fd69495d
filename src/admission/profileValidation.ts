import {
  appArmorContainerPrefix,
  seccompContainerPrefix,
  seccompPodKey,
} from '../kube/annotations.ts';
import {
  type FieldError,
  forbidden,
  GoLiteral,
  invalid,
  notSupported,
  required,
} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import {containerLists, type Pod, type SeccompProfile} from '../kube/pod.ts';

/** ValidateSeccompPodAnnotations and ValidateAppArmorPodAnnotations; Go visits the keys in random order. */
export function annotationErrors({metadata, spec}: Pod): readonly FieldError[] {
  const at = 'metadata.annotations';
  const annotations = Object.entries(metadata.annotations ?? {});
  const names = containerLists.flatMap(list => spec[list]?.map(({name = ''}) => name) ?? []);
  return [
    ...annotations
      .filter(([key]) => key === seccompPodKey || key.startsWith(seccompContainerPrefix))
      .flatMap(([key, profile]) => seccompAnnotationErrors(profile, `${at}.${key}`)),
    ...annotations
      .filter(([key]) => key.startsWith(appArmorContainerPrefix))
      .flatMap(([key, profile]) => {
        const container = key.slice(appArmorContainerPrefix.length);
        const field = `${at}[${key}]`;
        return [
          ...(names.includes(container) ? [] : [invalid(field, container, 'container not found')]),
          ...appArmorErrors(profile, field),
        ];
      }),
  ];
}

function seccompAnnotationErrors(profile: string, field: string): readonly FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
  return profile.startsWith('localhost/')
    ? descendingPathErrors(profile.slice('localhost/'.length), field)
    : [invalid(field, profile, 'must be a valid seccomp profile')];
}

/** validateLocalDescendingPath. */
export function descendingPathErrors(path: string, field: string): readonly FieldError[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...(path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []),
  ];
}

function appArmorErrors(profile: string, field: string): readonly FieldError[] {
  const isKnown =
    ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith('localhost/');
  return isKnown
    ? []
    : [invalid(field, profile, `invalid AppArmor profile name: ${goQuote(profile)}`)];
}

/** validateSeccompProfileField: `at` is the path of the profile. */
export function seccompFieldErrors(
  profile: SeccompProfile | undefined,
  at: string,
): readonly FieldError[] {
  if (profile === undefined) return [];
  const {type = '', localhostProfile} = profile;
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  const wrongType =
    type === ''
      ? [required(`${at}.type`, 'type is required when seccompProfile is set')]
      : types.includes(type)
        ? []
        : [notSupported(`${at}.type`, type, types)];
  if (type !== 'Localhost') {
    return localhostProfile === undefined
      ? wrongType
      : [
          ...wrongType,
          invalid(
            `${at}.localhostProfile`,
            new GoLiteral('core.SeccompProfile{...}'),
            'can only be set when seccomp type is Localhost',
          ),
        ];
  }
  return localhostProfile === undefined
    ? [required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost')]
    : descendingPathErrors(localhostProfile, `${at}.localhostProfile`);
}

/** validateSeccompAnnotationsAndFields: if both are there, they must agree. */
export function seccompMatchErrors({metadata, spec}: Pod): readonly FieldError[] {
  const {annotations = {}} = metadata;
  return [
    ...mismatchErrors(
      annotations[seccompPodKey],
      spec.securityContext?.seccompProfile,
      'spec.securityContext.seccompProfile',
    ),
    ...containerLists.flatMap(list =>
      (spec[list] ?? []).flatMap(({name = '', securityContext}, index) =>
        mismatchErrors(
          annotations[seccompContainerPrefix + name],
          securityContext?.seccompProfile,
          `spec.${list}[${index}].securityContext.seccompProfile`,
        ),
      ),
    ),
  ];
}

function mismatchErrors(
  annotation: string | undefined,
  profile: SeccompProfile | undefined,
  at: string,
): readonly FieldError[] {
  if (annotation === undefined || profile === undefined) return [];
  const {type, localhostProfile} = profile;
  const typeDiffers = [forbidden(`${at}.type`, 'seccomp type in annotation and field must match')];
  switch (type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : typeDiffers;
    case 'RuntimeDefault':
      return ['runtime/default', 'docker/default'].includes(annotation) ? [] : typeDiffers;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return typeDiffers;
      return annotation === `localhost/${localhostProfile}`
        ? []
        : [
            forbidden(
              `${at}.localhostProfile`,
              'seccomp profile in annotation and field must match',
            ),
          ];
    default:
      return [];
  }
}
