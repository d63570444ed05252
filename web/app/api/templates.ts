/** The operators' templates: reads and writes apart from the rest, because few pages need them. */
import { CONSOLE_API as at } from '../paths';
import { client, read } from './console';
import { invalidate } from './resource.svelte';
import type { Dashboard, DashboardSummary, Page, Template, TemplateConflicts, TemplateInput, TemplateVersion } from '../../wire/shapes';

export const reads = {
  templates: () => read<Page<Template>>(at.templates()),
  template: (id: string) => read<Template>(at.template(id)),
  templateVersions: (id: string) => read<Page<TemplateVersion>>(at.templateVersions(id), { limit: 50 }),
  /** Each look is a line in the log of every tenant that is looked into, with the reason. */
  templateConflicts: (id: string, reason: string) => read<Page<TemplateConflicts>>(at.templateConflicts(id), { reason, limit: 50 }),
};

/** Publishes a dashboard, or a new version of a template that nobody has changed since it was read. */
export async function publishTemplate(input: TemplateInput, known?: Template): Promise<Template> {
  const published = known
    ? await client.put<Template>(at.template(known.id), { body: input, match: known.version })
    : await client.post<Template>(at.templates(), { body: input });
  await invalidate(at.templates());
  return published;
}

export async function withdrawTemplate(id: string): Promise<void> {
  await client.delete(at.template(id));
  await invalidate(at.templates());
}

export const loadTemplateVersion = (id: string, version: number) => client.get<TemplateVersion>(at.templateVersion(id, version));

export const moreTemplateConflicts = (id: string, reason: string, cursor: string) =>
  client.get<Page<TemplateConflicts>>(at.templateConflicts(id), { reason, limit: 50, cursor });

/** What a tenant has, to publish one of it. Each look is a line in the tenant's own log, with the reason. */
export const tenantDashboards = (slug: string, reason: string) => client.get<Page<DashboardSummary>>(at.tenantDashboards(slug), { reason });

export const tenantDashboard = (slug: string, id: string, reason: string) => client.get<Dashboard>(at.tenantDashboard(slug, id), { reason });
