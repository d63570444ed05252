/** How a tenant's app says things: no word of the platform's inside. */
import type { Role } from '../../wire/shapes';
import type { Plain } from '../../words/words';

export const ROLES: Record<Role, { name: Plain; text: Plain }> = {
  viewer: { name: 'Viewer', text: 'Looks at dashboards.' },
  editor: { name: 'Editor', text: 'Also makes dashboards and sends data.' },
  admin: { name: 'Admin', text: 'Also manages members, keys and settings.' },
  owner: { name: 'Owner', text: 'Everything, other owners included.' },
};

export const ROLE_ORDER: readonly Role[] = ['viewer', 'editor', 'admin', 'owner'];
