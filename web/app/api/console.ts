/** The operators' API: reads as values that `resource` understands, writes as functions. */
import { boot } from '../boot';
import { apiRoot, CONSOLE_API as at } from '../paths';
import { Client, type Query } from './client';
import { invalidate, put, type Read } from './resource.svelte';
import type {
  AuditEntry,
  Cell,
  Mail,
  Operation,
  OperatorSession,
  Page,
  Plan,
  SlugCheck,
  Status,
  Tenant,
  TenantCreate,
  TenantUsage,
} from '../../wire/shapes';

export const client = new Client(apiRoot(boot.base));

export function read<T>(path: string, query: Query = {}): Read<T> {
  return {
    key: client.url(path, query).slice(apiRoot(boot.base).length),
    load: (previous, signal) => client.read<T>(path, query, signal, previous),
  };
}

export interface TenantQuery {
  q?: string | undefined;
  status?: string | undefined;
  tier?: string | undefined;
  plan?: string | undefined;
  sort?: string | undefined;
  order?: string | undefined;
  cursor?: string | undefined;
  limit?: number;
}

export const reads = {
  tenants: (query: TenantQuery) => read<Page<Tenant>>(at.tenants(), { ...query }),
  tenant: (slug: string) => read<Tenant>(at.tenant(slug)),
  tenantUsage: (slug: string) => read<TenantUsage>(at.tenantUsage(slug)),
  tenantOperations: (slug: string) => read<Page<Operation>>(at.tenantOperations(slug), { limit: 20 }),
  /** Each look is a line in the tenant's own log, with the reason. */
  tenantAudit: (slug: string, reason: string) => read<Page<AuditEntry>>(at.tenantAudit(slug), { reason, limit: 50 }),
  operations: (query: { status?: string | undefined; kind?: string | undefined; cursor?: string | undefined; limit?: number }) =>
    read<Page<Operation>>(at.operations(), { ...query }),
  operation: (id: string) => read<Operation>(at.operation(id)),
  cells: () => read<Page<Cell>>(at.cells()),
  mails: () => read<Page<Mail>>(at.mails(), { limit: 50 }),
  status: () => read<Status>(at.status()),
};

export const signIn = (email: string, password: string) =>
  client.post<OperatorSession>(at.session(), { body: { email, password } });

export const signOut = () => client.delete(at.session());

export const checkSlug = (slug: string, signal: AbortSignal) =>
  client.get<SlugCheck>(at.checkSlug(), { slug }, signal);

export async function createTenant(tenant: TenantCreate): Promise<{ tenant: Tenant; operation: Operation }> {
  const made = await client.post<{ tenant: Tenant; operation: Operation }>(at.tenants(), { body: tenant });
  put(reads.operation(made.operation.id), made.operation);
  void invalidate(at.tenants(), at.operations());
  return made;
}

export async function changeTenant(slug: string, patch: { name?: string; plan?: Plan }, match: string | null): Promise<void> {
  await client.patch(at.tenant(slug), { body: patch, match });
  await invalidate(at.tenants());
}

async function act(path: string, body: unknown): Promise<Operation> {
  const operation = await client.post<Operation>(path, { body });
  put(reads.operation(operation.id), operation);
  void invalidate(at.tenants(), at.operations());
  return operation;
}

export const suspendTenant = (slug: string, reason: string) =>
  act(at.tenantSuspend(slug), reason ? { reason } : {});
export const resumeTenant = (slug: string) => act(at.tenantResume(slug), {});
export const deleteTenant = (slug: string, confirm: string, now: boolean) =>
  act(at.tenantDelete(slug), { confirm, now });

export const cancelOperation = (id: string) => act(at.operationCancel(id), {});
export const retryOperation = (id: string) => act(at.operationRetry(id), {});

export async function createCell(cell: { name: string; region: string; dsn: string }): Promise<Cell> {
  const made = await client.post<Cell>(at.cells(), { body: cell });
  await invalidate(at.cells());
  return made;
}

/** Where the progress of an operation is told live. */
export const operationEventsUrl = (id: string) => client.url(at.operationEvents(id));

export const olderMails = (cursor: string) => client.get<Page<Mail>>(at.mails(), { limit: 50, cursor });

/** What changes when an operation ends. */
export const operationEnded = () => invalidate(at.tenants(), at.operations(), at.mails(), at.status());
