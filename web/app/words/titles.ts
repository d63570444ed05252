/** The names of a tenant's pages: in the title bar, the navigation and the palette. */
import type { Plain } from '../../words/words';
import type { TENANT_PATTERNS } from '../paths';

export const TENANT_TITLES: Record<keyof typeof TENANT_PATTERNS, Plain> = {
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
