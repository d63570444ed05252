import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../wire/shapes';
import { fromTemplate, TEMPLATES } from '$app/forms/templates';

const flights: Dataset = {
  id: 'dst_1', name: 'flights', label: 'Flights', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: [
    { name: 'distance', label: 'Distance', unit: 'mi', format: 'number', slot: 1 },
    { name: 'arr_delay', label: 'Arrival delay', unit: 'min', format: 'number', slot: 2 },
  ],
  dimensions: [{ name: 'origin', label: 'Origin', slot: 1 }, { name: 'dest', label: 'Destination', slot: 2 }],
};
const bare: Dataset = { ...flights, measures: [], dimensions: [] };

describe('dashboard templates', () => {
  it.each(TEMPLATES.flatMap((t) => [[t.id, flights], [t.id, bare]] as const))('%s asks only for what there is, and nothing overlaps', (id, dataset) => {
    const { widgets, layout } = fromTemplate(id, dataset);
    for (const w of widgets) {
      for (const m of w.question.measures) if ('agg' in m && m.measure) expect(dataset.measures.map((d) => d.name)).toContain(m.measure);
      for (const d of w.question.by ?? []) expect(dataset.dimensions.map((x) => x.name)).toContain(d);
    }
    expect(layout.map((p) => p.widget)).toEqual(widgets.map((w) => w.id));
    const cells = new Set<string>();
    for (const p of layout) {
      expect(p.x + p.w).toBeLessThanOrEqual(12);
      for (let x = p.x; x < p.x + p.w; x += 1) for (let y = p.y; y < p.y + p.h; y += 1) {
        expect(cells.has(`${x} ${y}`), `${p.widget} at ${x} ${y}`).toBe(false);
        cells.add(`${x} ${y}`);
      }
    }
  });
  it('sums amounts and averages delays', () => {
    const asked = fromTemplate('overview', flights).widgets.flatMap((w) => w.question.measures);
    expect(asked).toContainEqual({ agg: 'sum', measure: 'distance' });
    expect(asked).toContainEqual({ agg: 'avg', measure: 'arr_delay' });
  });
  it('blank is blank', () => expect(fromTemplate('blank', flights).widgets).toEqual([]));
});
