/** How often a dashboard asks again, as it stands in the address (`?refresh=30s`). Pure. */
export const EVERY = [
  { id: 'off', label: 'Never', ms: null },
  { id: '30s', label: 'Every 30 seconds', ms: 30_000 },
  { id: '1m', label: 'Every minute', ms: 60_000 },
  { id: '5m', label: 'Every 5 minutes', ms: 300_000 },
] as const;

const USUAL = EVERY[2];

export const everyOf = (text: string | null): (typeof EVERY)[number] => EVERY.find((e) => e.id === text) ?? USUAL;

/** What stands in the address; the usual is not said. */
export const everyText = (id: string): string | null => (id === USUAL.id ? null : id);
