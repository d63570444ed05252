/** How often a dashboard asks again, as it stands in the address (`?refresh=30s`). Pure. */
import type { Plain } from '../../../../words/words';

export const EVERY = [
  { id: 'off', label: 'Never refresh', ms: null },
  { id: '30s', label: 'Refresh every 30 seconds', ms: 30_000 },
  { id: '1m', label: 'Refresh every minute', ms: 60_000 },
  { id: '5m', label: 'Refresh every 5 minutes', ms: 300_000 },
] as const satisfies readonly { id: string; label: Plain; ms: number | null }[];

const USUAL = EVERY[2];

export const everyOf = (text: string | null): (typeof EVERY)[number] => EVERY.find((e) => e.id === text) ?? USUAL;

/** What stands in the address; the usual is not said. */
export const everyText = (id: string): string | null => (id === USUAL.id ? null : id);
