/** The pages' names: in the title bar, the navigation and the palette. */
import type { CONSOLE_PATTERNS, TENANT_PATTERNS } from '../paths';

export const TENANT_TITLES: Record<keyof typeof TENANT_PATTERNS, string> = {
  home: 'Home',
  signIn: 'Sign in',
  invitation: 'Invitation',
  dashboards: 'Dashboards',
  dashboard: 'Dashboard',
  dashboardEdit: 'Edit dashboard',
  data: 'Data',
  dataset: 'Dataset',
  table: 'Table',
  members: 'Members',
  apiKeys: 'API keys',
  embedding: 'Embedding',
  settings: 'Settings',
  audit: 'Audit log',
};

export const CONSOLE_TITLES: Record<keyof typeof CONSOLE_PATTERNS, string> = {
  home: 'Overview',
  signIn: 'Sign in',
  tenants: 'Tenants',
  tenantNew: 'New tenant',
  tenant: 'Tenant',
  operations: 'Operations',
  operation: 'Operation',
  templates: 'Templates',
  template: 'Template',
  cells: 'Cells',
  mails: 'Mails',
};
