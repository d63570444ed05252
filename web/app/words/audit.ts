/**
 * What happened, in words. An action that is not listed is shown by its own name, made readable. Pure. Tested in
 * `test/unit/words.test.ts`.
 */
import { type Plain, t } from '../../words/words';
import type { AuditEntry } from '../../wire/shapes';

const ACTIONS: Record<string, Plain> = {
  'settings.update': 'Changed the settings',
  'member.invite': 'Invited a member',
  'member.join': 'Joined',
  'member.update': 'Changed a role',
  'member.delete': 'Removed a member',
  'identity.update': 'Changed their password',
  'api_key.create': 'Made an API key',
  'api_key.delete': 'Revoked an API key',
  'embedding.update': 'Changed where dashboards may be embedded',
  'embed_key.create': 'Rotated the embed key',
  'embed_key.delete': 'Ended an embed key',
  'embed_revocation.create': 'Ended embedded views',
  'public_link.create': 'Made a public link',
  'public_link.delete': 'Withdrew a public link',
  'dataset.update': 'Changed a dataset',
  'dataset.delete': 'Deleted a dataset',
  'table.create': 'Made a table',
  'table.update': 'Changed a table',
  'table.delete': 'Deleted a table',
  'dashboard.create': 'Made a dashboard',
  'dashboard.update': 'Changed a dashboard',
  'dashboard.restore': 'Restored a dashboard',
  'dashboard.reset': 'Took back changes of a published dashboard',
  'dashboard.delete': 'Deleted a dashboard',
  'sample.delete': 'Removed the sample data',
  'session.record': 'Signed in or out',
  'session.create': 'Signed in',
  'session.delete': 'Signed out',
  // What operators look at is in the log, too.
  'settings.view': 'Looked at the settings',
  'member.list': 'Looked at the members',
  'api_key.list': 'Looked at the API keys',
  'dataset.view': 'Looked at the datasets',
  'question.ask': 'Looked at numbers',
  'dashboard.view': 'Looked at dashboards',
  'audit.view': 'Looked at this log',
  'embedding.view': 'Looked at where dashboards may be embedded',
  'embed_key.list': 'Looked at the signing keys',
  'embed_usage.view': 'Looked at what was embedded',
  'public_link.list': 'Looked at the public links',
  'tenant.seed': 'Set the workspace up',
  'tenant.record': 'Changed the workspace from outside',
  'tenant.create': 'Created the workspace',
  'tenant.provision': 'Created the workspace',
  'tenant.update': 'Changed name or plan',
  'tenant.suspend': 'Suspended the workspace',
  'tenant.resume': 'Resumed the workspace',
  'tenant.delete': 'Deleted the workspace',
};

/** What a sign-in's record tells of. */
const EVENTS: Record<string, Plain> = { sign_in: 'Signed in', sign_out: 'Signed out' };

export function entryLabel(entry: AuditEntry): string {
  const event = field(entry.detail, 'event');
  const said = entry.action === 'session.record' && event ? EVENTS[event] : undefined;
  return said ? t(said) : actionLabel(entry.action);
}

const ID = /^[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}$/;

/** Of what: by name where the entry has one; an id says nothing to people. */
export function entrySubject(entry: AuditEntry): string {
  const named = field(entry.detail, 'name') ?? field(entry.detail, 'email');
  const subject = oneLine(entry.subject);
  if (ID.test(subject)) return named ?? '';
  const changed = (entry.detail as { changed?: unknown } | null | undefined)?.changed;
  if (Array.isArray(changed)) return changed.map((c) => String(c).replace(/^branding\./, '').replaceAll('_', ' ')).join(', ');
  return subject || named || '';
}

/** Everything else that is known, for whoever looks closer. */
export const entryMore = (entry: AuditEntry): string =>
  [entry.reason ? t('Reason: {reason}', { reason: entry.reason }) : '', oneLine(entry.detail), oneLine(entry.subject), entry.request ?? ''].filter(Boolean).join('\n');

function field(value: unknown, name: string): string | null {
  const found = value && typeof value === 'object' ? (value as Record<string, unknown>)[name] : null;
  return typeof found === 'string' && found !== '' ? found : null;
}

export function actionLabel(action: string): string {
  const known = ACTIONS[action];
  if (known) return t(known);
  const text = action.replaceAll(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ACTORS: Record<string, Plain> = {
  member: 'Member',
  api_key: 'API key',
  operator: 'Operator',
  job: 'Automatic',
  system: 'Automatic',
  embed: 'Embedded view',
};

export const actorKind = (kind: string): string => (ACTORS[kind] ? t(ACTORS[kind]) : kind);

/** A subject or detail of any shape as one line. */
export function oneLine(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(oneLine).filter(Boolean).join(', ');
  const fields = value as Record<string, unknown>;
  if (typeof fields.name === 'string' && Object.keys(fields).length <= 3) return fields.name;
  return Object.entries(fields)
    .filter(([, v]) => v !== null && v !== undefined && v !== '')
    .map(([k, v]) => `${k.replaceAll('_', ' ')}: ${oneLine(v)}`)
    .join(' · ');
}
