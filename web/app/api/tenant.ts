/** The tenant's API: reads as values that `resource` understands, writes as functions. */
import { boot } from '../boot';
import { apiRoot, TENANT_API as at } from '../paths';
import { Client, type Query } from './client';
import { invalidate, put, type Read } from './resource.svelte';
import type {
  Answer,
  ApiKey,
  ApiKeyCreated,
  AuditEntry,
  AuditVerdict,
  Compare,
  Dashboard,
  DashboardConfig,
  DashboardData,
  DashboardSummary,
  DashboardVersion,
  Dataset,
  DatasetPut,
  EmbedKey,
  EmbedRevocation,
  EmbedSettings,
  EmbedUsageDay,
  Invitation,
  InvitationCreated,
  InvitationView,
  Member,
  Page,
  PublicLink,
  PublicLinkCreated,
  Question,
  RangeInput,
  Role,
  Rows,
  RowsInput,
  SampleRemoved,
  Scope,
  Session,
  Settings,
  SettingsPatch,
} from '../../wire/shapes';

export const client = new Client(apiRoot(boot.base));

export function read<T>(path: string, query: Query = {}): Read<T> {
  return {
    key: client.url(path, query).slice(apiRoot(boot.base).length),
    load: (previous, signal) => client.read<T>(path, query, signal, previous),
  };
}

export type DataQuery = { last?: string; from?: string; to?: string; compare?: Compare; filters?: string };

/** The longest page the API gives: lists that people look at as a whole. */
const WHOLE = { limit: 200 };

export const reads = {
  invitation: (token: string) => read<InvitationView>(at.invitation(token)),
  settings: () => read<Settings>(at.settings()),
  members: () => read<Page<Member>>(at.members(), WHOLE),
  invitations: () => read<Page<Invitation>>(at.invitations(), WHOLE),
  apiKeys: () => read<Page<ApiKey>>(at.apiKeys(), WHOLE),
  datasets: () => read<Page<Dataset>>(at.datasets()),
  dataset: (name: string) => read<Dataset>(at.dataset(name)),
  dashboards: () => read<Page<DashboardSummary>>(at.dashboards()),
  dashboard: (id: string) => read<Dashboard>(at.dashboard(id)),
  dashboardData: (id: string, query: DataQuery) => read<DashboardData>(at.dashboardData(id), query),
  embedding: () => read<EmbedSettings>(at.embedding()),
  embedKeys: () => read<Page<EmbedKey>>(at.embedKeys(), WHOLE),
  embedUsage: (from: string, to: string) => read<{ items: EmbedUsageDay[] }>(at.embedUsage(), { from, to }),
  publicLinks: () => read<Page<PublicLink>>(at.publicLinks(), WHOLE),
  dashboardVersions: (id: string) => read<Page<DashboardVersion>>(at.dashboardVersions(id), { limit: 100 }),
  audit: () => read<Page<AuditEntry>>(at.audit(), { limit: 50 }),
};

/* ── people ─────────────────────────────────────────────────────────────────────────────────────── */

export const signIn = (email: string, password: string) =>
  client.post<Session>(at.session(), { body: { email, password } });

export const signOut = () => client.delete(at.session());

export const acceptInvitation = (token: string, name: string, password: string) =>
  client.post<Session>(at.invitation(token), { body: { name, password } });

export const changePassword = (current: string, next: string) =>
  client.put<Session>(at.password(), { body: { current, new: next } });

export async function invite(email: string, role: Role): Promise<InvitationCreated> {
  const made = await client.post<InvitationCreated>(at.invitations(), { body: { email, role } });
  await invalidate(at.invitations());
  return made;
}

export async function withdrawInvitation(id: string): Promise<void> {
  await client.delete(at.invitationById(id));
  await invalidate(at.invitations());
}

export async function changeRole(id: string, role: Role): Promise<void> {
  await client.patch(at.member(id), { body: { role } });
  await invalidate(at.members());
}

export async function removeMember(id: string): Promise<void> {
  await client.delete(at.member(id));
  await invalidate(at.members());
}

export async function createApiKey(key: { name: string; scopes: Scope[]; expires_at?: string }): Promise<ApiKeyCreated> {
  const made = await client.post<ApiKeyCreated>(at.apiKeys(), { body: key });
  await invalidate(at.apiKeys());
  return made;
}

export async function revokeApiKey(id: string): Promise<void> {
  await client.delete(at.apiKey(id));
  await invalidate(at.apiKeys());
}

/* ── settings ───────────────────────────────────────────────────────────────────────────────────── */

export async function changeSettings(patch: SettingsPatch, version: number): Promise<void> {
  await client.patch(at.settings(), { body: patch, match: version });
  await invalidate(at.settings());
}

export async function putPicture(which: 'logo' | 'favicon', file: File): Promise<void> {
  await client.put(at[which](), { file });
  await invalidate(at.settings());
}

export async function deletePicture(which: 'logo' | 'favicon'): Promise<void> {
  await client.delete(at[which]());
  await invalidate(at.settings());
}

/* ── data and dashboards ────────────────────────────────────────────────────────────────────────── */

export const ask = (question: Question, range?: RangeInput) =>
  client.post<Answer>(at.ask(), { body: { question, ...(range ? { range } : {}) } });

/** The rows that a question's numbers are made of. */
export const rowsBehind = (input: RowsInput) => client.post<Rows>(at.rows(), { body: input });

/** Declares a dataset, unless it is no longer at the version that was read; without one it is a new dataset. */
export async function saveDataset(name: string, body: DatasetPut, match?: number): Promise<Dataset> {
  const saved = await client.put<Dataset>(at.dataset(name), { body, match });
  await invalidate(at.datasets());
  return saved;
}

export async function deleteDataset(name: string): Promise<void> {
  await client.delete(at.dataset(name));
  await invalidate(at.datasets());
}

export async function removeSampleData(): Promise<SampleRemoved> {
  const removed = await client.delete<SampleRemoved>(at.sampleData());
  await invalidate(at.datasets(), at.dashboards());
  return removed;
}

export async function createDashboard(name: string, config: DashboardConfig, description: string | null = null): Promise<Dashboard> {
  const made = await client.post<Dashboard>(at.dashboards(), { body: { name, description, config } });
  put(reads.dashboard(made.id), made);
  await invalidate(at.dashboards());
  return made;
}

/** Changes the name only: reads the dashboard first, so that nothing else of it is lost. */
export async function renameDashboard(id: string, name: string): Promise<void> {
  const { value, etag } = await client.read<Dashboard>(at.dashboard(id));
  await client.put(at.dashboard(id), {
    body: { name, description: value.description ?? null, config: value.config },
    match: etag ?? value.version,
  });
  await invalidate(at.dashboards());
}

/** Marks a dashboard for whoever is signed in, or takes the mark away. What it shows stays: only lists change. */
export const favour = (id: string, marked: boolean): Promise<void> => (marked ? client.put(at.favourite(id)) : client.delete(at.favourite(id)));

export async function deleteDashboard(id: string): Promise<void> {
  await client.delete(at.dashboard(id));
  await invalidate(at.dashboards());
}

/* ── embedding ──────────────────────────────────────────────────────────────────────────────────── */

export async function changeOrigins(origins: string[], version: number): Promise<void> {
  await client.put(at.embedding(), { body: { origins }, match: version });
  await invalidate(at.embedding());
}

export async function rotateEmbedKey(): Promise<void> {
  await client.post<EmbedKey>(at.embedKeys());
  await invalidate(at.embedKeys());
}

export async function endEmbedKey(id: string): Promise<void> {
  await client.delete(at.embedKey(id));
  await invalidate(at.embedKeys());
}

export const revokeEmbeds = (what: EmbedRevocation) => client.post<unknown>(at.embedRevocations(), { body: what });

export async function createPublicLink(link: { dashboard: string; name: string; expires_at?: string }): Promise<PublicLinkCreated> {
  const made = await client.post<PublicLinkCreated>(at.publicLinks(), { body: link });
  await invalidate(at.publicLinks());
  return made;
}

export async function withdrawPublicLink(id: string): Promise<void> {
  await client.delete(at.publicLink(id));
  await invalidate(at.publicLinks());
}

/* ── audit ──────────────────────────────────────────────────────────────────────────────────────── */

export const olderAudit = (cursor: string) =>
  client.get<Page<AuditEntry>>(at.audit(), { limit: 50, cursor });

export const verifyAudit = () => client.get<AuditVerdict>(at.auditVerify());
