import {invalid} from '../../kube/fieldError.ts';
import type {Integer} from '../../kube/json.ts';
import type {Range} from '../../kube/objects.ts';
import type {ContainerView} from '../../kube/podView.ts';
import {securityFieldOf, sharedField, type Wording} from '../objection.ts';
import {format, formatGo} from './ranges.ts';

/** Of users that are in none of the ranges (pkg/security/podsecuritypolicy/user/mustrunas.go). */
export function rangesWording(ranges: readonly Range[]): Wording<Integer, ContainerView> {
  const detail = `must be in the ranges: ${formatGo(ranges)}`;
  const allowed = format(ranges, ', ');
  const filled = ranges[0]?.min ?? 0;
  return {
    error: (user, container) => invalid(securityFieldOf(container, 'runAsUser'), user, detail),
    grounds: (user, container, pod) => {
      const place = sharedField(container, pod, 'runAsUser');
      return {
        at: container,
        where: place.where,
        does: container.runAsUser === undefined ? 'is given user' : 'runs as user',
        value: String(user),
        allowed,
        fix: () => place.fix(`set runAsUser: ${filled}`, filled),
      };
    },
  };
}

/** Of containers that say they may be root (user/nonroot.go). */
export const mayBeRootWording: Wording<false, ContainerView> = {
  error: (value, container) =>
    invalid(securityFieldOf(container, 'runAsNonRoot'), value, 'must be true'),
  grounds: (value, container, pod) => {
    const place = sharedField(container, pod, 'runAsNonRoot');
    return {
      at: container,
      where: place.where,
      does: 'sets runAsNonRoot:',
      value: String(value),
      allowed: 'true',
      fix: () => place.fix('set runAsNonRoot: true', true),
    };
  },
};

/** Of containers whose user is root (user/nonroot.go). */
export const rootWording: Wording<0, ContainerView> = {
  error: (user, container) =>
    invalid(
      securityFieldOf(container, 'runAsUser'),
      user,
      'running with the root UID is forbidden',
    ),
  grounds: (user, container, pod) => {
    const place = sharedField(container, pod, 'runAsUser');
    return {
      at: container,
      where: place.where,
      does: 'runs as user',
      value: String(user),
      allowed: 'all but 0',
      fix: () =>
        place.fix(
          'set runAsUser to another user that the image works with, or remove it',
          undefined,
        ),
    };
  },
};
