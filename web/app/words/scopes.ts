/** What keys may do and weeks begin with, as a tenant's app says it. */
import type { Scope, WeekStart } from '../../wire/shapes';
import type { Plain } from '../../words/words';

export const SCOPES: Record<Scope, { name: Plain; text: Plain }> = {
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

export const WEEK_STARTS: Record<WeekStart, Plain> = { monday: 'Monday', sunday: 'Sunday', saturday: 'Saturday' };
