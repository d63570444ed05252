/** How a tenant's app says things: no word of the platform's inside. */
import type { Role, Scope, WeekStart } from '../../wire/shapes';

export const ROLES: Record<Role, { name: string; text: string }> = {
  viewer: { name: 'Viewer', text: 'Looks at dashboards.' },
  editor: { name: 'Editor', text: 'Also makes dashboards and sends data.' },
  admin: { name: 'Admin', text: 'Also manages members, keys and settings.' },
  owner: { name: 'Owner', text: 'Everything, other owners included.' },
};

export const ROLE_ORDER: readonly Role[] = ['viewer', 'editor', 'admin', 'owner'];

export const SCOPES: Record<Scope, { name: string; text: string }> = {
  'events:write': { name: 'Send events', text: 'For your servers and scripts that report what happens.' },
  'data:read': { name: 'Ask questions', text: 'Read datasets that everybody may see.' },
  'data:write': { name: 'Change datasets and tables', text: 'Describe, fill and delete them. Sees what admins see.' },
  'dashboards:read': { name: 'Read dashboards', text: 'Dashboards and what they show.' },
  'dashboards:write': { name: 'Change dashboards', text: 'Make, change and delete them.' },
  'members:read': { name: 'List members', text: 'Names, e-mail addresses and roles.' },
  'settings:write': { name: 'Change settings', text: 'Name, time zone and branding.' },
  'audit:read': { name: 'Read the audit log', text: 'Who did what, and its proof.' },
  'embeds:mint': { name: 'Embed dashboards', text: 'Make and end tokens that show them in your own product.' },
};

export const WEEK_STARTS: Record<WeekStart, string> = { monday: 'Monday', sunday: 'Sunday', saturday: 'Saturday' };
