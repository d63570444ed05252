/** How to send events to this place, as text to paste. Pure. Tested in `test/unit/curl.test.ts`. */
import type { Dataset } from '../../../../wire/shapes';

export interface Example {
  origin: string;
  /** `""` or `/t/acme`. */
  base: string;
  dataset: Dataset | null;
  at: string;
}

/** One event that fits the dataset, or an invented one when there is none yet. */
export function exampleEvent({ dataset, at }: Pick<Example, 'dataset' | 'at'>): Record<string, unknown> {
  if (!dataset) {
    return { id: 'order-1001', dataset: 'orders', at, measures: { amount: 49.9 }, dimensions: { country: 'CH', plan: 'pro' } };
  }
  return {
    id: `${dataset.name}-1001`,
    dataset: dataset.name,
    at,
    measures: Object.fromEntries(dataset.measures.slice(0, 2).map((m, i) => [m.name, m.format === 'percent' ? 0.42 : 12.5 * (i + 1)])),
    dimensions: Object.fromEntries(dataset.dimensions.slice(0, 2).map((d) => [d.name, 'example'])),
  };
}

export function curlCommand(example: Example): string {
  const body = JSON.stringify({ events: [exampleEvent(example)] }, null, 2).replaceAll("'", "'\\''");
  return [
    `curl -X POST ${example.origin}${example.base}/api/v1/events \\`,
    '  -H "Authorization: Bearer $API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -H "Idempotency-Key: $(date +%s%N)" \\`,
    `  -d '${body}'`,
  ].join('\n');
}
