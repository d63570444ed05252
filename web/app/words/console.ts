/** How the operators' console says things. */
import type { OperationStatus, Plan, TenantStatus, Tier } from '../../wire/shapes';
import type { Tone } from '../../ui/Badge.svelte';

export const TIERS: Record<Tier, { name: string; text: string; more: string }> = {
  pooled: {
    name: 'Pooled',
    text: 'Shared tables, walled by row-level security.',
    more: 'Ready at once, costs next to nothing at rest. Right for most.',
  },
  schema: {
    name: 'Schema',
    text: 'A PostgreSQL schema of its own in the shared database.',
    more: 'Own tables, out of reach for every other tenant’s role.',
  },
  database: {
    name: 'Database',
    text: 'A PostgreSQL database of its own.',
    more: 'The thickest wall: separate backup, restore and limits.',
  },
};

export const PLANS: Record<Plan, string> = { free: 'Free', growth: 'Growth', enterprise: 'Enterprise' };

export const TENANT_STATUS: Record<TenantStatus, { label: string; tone: Tone }> = {
  provisioning: { label: 'Provisioning', tone: 'busy' },
  active: { label: 'Active', tone: 'good' },
  suspended: { label: 'Suspended', tone: 'warn' },
  deleted: { label: 'Deleted', tone: 'bad' },
  erasing: { label: 'Erasing', tone: 'busy' },
};

export const OPERATION_STATUS: Record<OperationStatus, { label: string; tone: Tone }> = {
  queued: { label: 'Queued', tone: 'quiet' },
  running: { label: 'Running', tone: 'busy' },
  unwinding: { label: 'Undoing', tone: 'busy' },
  succeeded: { label: 'Done', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
  stuck: { label: 'Stuck', tone: 'bad' },
};

export const OPERATION_KINDS: Record<string, string> = {
  'tenant.provision': 'Provision',
  'tenant.suspend': 'Suspend',
  'tenant.resume': 'Resume',
  'tenant.delete': 'Delete',
  'tenant.erase': 'Erase',
  'tenant.move': 'Move',
};

export const operationKind = (kind: string): string => OPERATION_KINDS[kind] ?? kind;

export const MAIL_STATE: Record<string, { label: string; tone: Tone }> = {
  kept: { label: 'Kept here', tone: 'quiet' },
  queued: { label: 'Queued', tone: 'busy' },
  sent: { label: 'Sent', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
};
