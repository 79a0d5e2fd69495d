import type {LiveInventory} from '../../inventory/follow/followCluster.ts';
import {type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {resources} from '../../inventory/kinds/resources.ts';
import {isUnreadIn} from '../../rbac/unreadRbac.ts';
import {topOf} from '../../tui/session.ts';
import type {SessionStore} from '../../tui/store.ts';

/**
 * Opens the namespace of the context once all is read, if its pods are the only ones that may be listed,
 * and says so; unless the user has gone somewhere already.
 */
export function openHome(live: LiveInventory, store: SessionStore, home: string): void {
  const stop = live.subscribe(() => {
    const {inventory, freshness} = live.current();
    if (freshness.state === 'loading') return;
    stop();
    const {trail} = store.get();
    const isAtStart = trail.length === 1 && topOf(store.get()).view.name === 'namespaces';
    if (!isAtStart || !isLimitedTo(inventory, home)) return;
    store.dispatch({type: 'open', view: {name: 'accounts', namespace: home}});
    const text = `You may list pods in ${home} alone: what runs elsewhere is not known (:gaps says why)`;
    store.dispatch({type: 'notice', notice: {tone: 'info', text}});
  });
}

function isLimitedTo(inventory: Inventory, home: string): boolean {
  const gaps = inventory.gaps.filter(({resource}) => resource === resources.pods.plural);
  const isUnread = (namespace: string) => gaps.some(gap => isUnreadIn(gap, namespace));
  const others = namespacesOf(inventory).filter(name => name !== home);
  return gaps.length > 0 && !isUnread(home) && others.every(isUnread);
}
