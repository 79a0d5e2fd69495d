import {exitCodes, UserError} from '../../errors.ts';
import type {View} from '../../tui/session.ts';
import {accountNamed} from '../input/subjects.ts';

const kinds: Readonly<Record<string, 'pod' | 'policy'>> = {
  po: 'pod',
  pod: 'pod',
  pods: 'pod',
  psp: 'policy',
  podsecuritypolicy: 'policy',
  podsecuritypolicies: 'policy',
};

/**
 * The views that the session begins with, so that Esc walks back through them: the namespaces, or the
 * accounts of one; with `open` (`pod/NAME`, `sa/NAME`, `psp/NAME`, kinds as kubectl has them) on to
 * that object. Throws a usage error for anything else.
 */
export function viewsToOpen(
  open: string | undefined,
  namespace: string | undefined,
  defaultNamespace: string,
): readonly View[] {
  const namespaces: View =
    namespace === undefined ? {name: 'namespaces'} : {name: 'namespaces', only: namespace};
  const inNamespace = (name: string): readonly View[] => [
    namespaces,
    {name: 'accounts', namespace: name},
  ];
  if (open === undefined) return namespace === undefined ? [namespaces] : inNamespace(namespace);
  const [, kind = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(open) ?? [];
  const home = namespace ?? defaultNamespace;
  const account = accountNamed(open, home);
  if (account !== undefined) {
    return [
      ...inNamespace(account.namespace),
      {name: 'pods', namespace: account.namespace, account: account.name},
    ];
  }
  switch (Object.hasOwn(kinds, kind.toLowerCase()) ? kinds[kind.toLowerCase()] : undefined) {
    case 'pod':
      return [
        ...inNamespace(home),
        {name: 'pods', namespace: home},
        {name: 'why', item: `${home}/Pod/${name}`},
      ];
    case 'policy':
      return [namespaces, {name: 'policies'}, {name: 'policy', policy: name}];
    case undefined:
      throw new UserError(
        `--open: ${JSON.stringify(open)} is not pod/NAME, sa/NAME or psp/NAME`,
        exitCodes.usage,
      );
  }
}
