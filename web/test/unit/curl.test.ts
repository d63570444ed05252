import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../wire/shapes';
import { curlCommand, exampleEvent } from '$app/pages/tenant/data/curl';

const flights: Dataset = {
  id: 'dst_1', name: 'flights', label: 'Flights', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: [
    { name: 'distance', label: 'Distance', unit: 'mi', format: 'number', slot: 1 },
    { name: 'arr_delay', label: 'Arrival delay', unit: 'min', format: 'number', slot: 2 },
  ],
  dimensions: [{ name: 'origin', label: 'Origin', slot: 1 }, { name: 'dest', label: 'Destination', slot: 2 }],
};

describe('the curl example', () => {
  const at = '2026-11-21T08:00:00Z';
  it('is for this host and this data', () => {
    const text = curlCommand({ origin: 'http://acme.localhost:8080', base: '', dataset: flights, at });
    expect(text).toContain('http://acme.localhost:8080/api/v1/events');
    expect(text).toContain('"origin": "example"');
    expect(text).toContain('Idempotency-Key');
  });
  it('knows path style', () => expect(curlCommand({ origin: 'http://x', base: '/t/acme', dataset: null, at })).toContain('http://x/t/acme/api/v1/events'));
  it('invents an event when there is no data yet', () => expect(exampleEvent({ dataset: null, at })).toMatchObject({ dataset: 'orders', at }));
  it('survives quotes in names', () => {
    const odd = { ...flights, dimensions: [{ name: "it's", label: 'x', slot: 1 }] };
    expect(curlCommand({ origin: 'http://x', base: '', dataset: odd, at })).toContain("it'\\''s");
  });
});
