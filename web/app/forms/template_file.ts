/**
 * A dashboard as a file, in the form in which `insula dashboard export` and `insula template show` write it. Whether the
 * dashboard is right is for the server to say; here only whether it is one. Pure. Tested in `test/unit/template_file.test.ts`.
 */
import type { DashboardConfig } from '../../wire/shapes';

export interface Content {
  name: string;
  description: string | null;
  config: DashboardConfig;
}

const isList = (value: unknown): boolean => Array.isArray(value);

/** What a file says, or why it says nothing. */
export function readFile(text: string): Content | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { wrong: `This is not JSON: ${thrown instanceof Error ? thrown.message : 'it ends too early'}.` };
  }
  const { name, description, config } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const parts = (typeof config === 'object' && config !== null ? config : {}) as Record<string, unknown>;
  if (typeof name !== 'string' || !isList(parts.widgets) || !isList(parts.layout)) {
    return { wrong: 'This is not a dashboard: it has a name, and a config with widgets and a layout.' };
  }
  return { name, description: typeof description === 'string' ? description : null, config: config as DashboardConfig };
}

/** The same the other way round: widgets by id, places from top to bottom, so that files differ where dashboards do. */
export function writeFile({ name, description, config }: Content): string {
  const widgets = [...config.widgets].sort((a, b) => (a.id < b.id ? -1 : 1));
  const layout = [...config.layout].sort((a, b) => a.y - b.y || a.x - b.x || (a.widget < b.widget ? -1 : 1));
  return `${JSON.stringify({ name, description, config: { ...config, widgets, layout } }, null, 2)}\n`;
}

/** What it is called on a disk. */
export const fileName = (name: string): string => `${name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'dashboard'}.json`;
