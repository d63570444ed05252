/** A tenant's realm. */
import { toTenant } from './links';
import type { Realm } from './realm';
import { tenantRoutes } from './routes';
import { member } from './sessions';
import { placeName } from './shells/live_settings.svelte';

export const realm: Realm = {
  routes: tenantRoutes,
  session: member,
  shell: () => import('./shells/TenantShell.svelte'),
  home: toTenant.home,
  signIn: toTenant.signIn,
  place: placeName(undefined),
};
