/** What the editor asks of the tenant's API: apart from the rest, because no other page does. */
import { TENANT_API as at } from '../paths';
import { invalidate, put } from './resource.svelte';
import { client, reads } from './tenant';
import type { Dashboard, DashboardVersion, Member, Page } from '../../wire/shapes';

type Content = Pick<Dashboard, 'name' | 'description' | 'config'>;

/** What the server has now, whatever is known here. */
export const loadDashboard = (id: string) => client.get<Dashboard>(at.dashboard(id));

/** Saves a dashboard as a whole, unless it is no longer at the version that was read. */
export async function saveDashboard(id: string, content: Content, match: string | number, note: string | null = null): Promise<Dashboard> {
  const { name, description, config } = content;
  return changed(await client.put<Dashboard>(at.dashboard(id), { body: { name, description: description ?? null, config, note }, match }));
}

export const loadVersion = (id: string, version: number) => client.get<DashboardVersion>(at.dashboardVersion(id, version));

/** Who saved it since that version, the last one first; each once. */
export async function authorsSince(id: string, version: number): Promise<string[]> {
  const page = await client.get<Page<DashboardVersion>>(at.dashboardVersions(id), { limit: 20 });
  return [...new Set(page.items.flatMap((v) => (v.version > version && v.author ? [v.author] : [])))];
}

/** Who there is here: versions name people by their addresses. */
export const listMembers = async () => (await client.get<Page<Member>>(at.members(), { limit: 200 })).items;

export async function restoreDashboard(id: string, version: number, match: string | number): Promise<Dashboard> {
  return changed(await client.post<Dashboard>(at.dashboardRestore(id), { body: { version }, match }));
}

/** Takes back what the workspace changed of a dashboard that the operator publishes. */
export async function resetDashboard(id: string, match: string | number): Promise<Dashboard> {
  return changed(await client.post<Dashboard>(at.dashboardReset(id), { match }));
}

async function changed(dashboard: Dashboard): Promise<Dashboard> {
  put(reads.dashboard(dashboard.id), dashboard, `"${dashboard.version}"`);
  await invalidate(at.dashboardVersions(dashboard.id), at.dashboardData(dashboard.id));
  return dashboard;
}
