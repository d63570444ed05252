/** The operators' realm. It comes apart, so that tenants' people do not wait for it, and speaks English alone. */
import { boot } from './boot';
import { consoleRoutes } from './console_routes';
import { toConsole } from './links';
import { operator } from './operator';
import type { Realm } from './realm';

export const realm: Realm = {
  routes: consoleRoutes,
  session: operator,
  shell: () => import('./shells/ConsoleShell.svelte'),
  home: toConsole.home,
  signIn: toConsole.signIn,
  place: `${boot.product} Console`,
};
