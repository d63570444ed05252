import { expect, it } from 'vitest';
import { placesOf } from '../../widgets/board/places';
import type { Widget } from '../../wire/shapes';

const widget = (id: string): Widget => ({ id, title: id, kind: 'kpi', question: { dataset: 'd', measures: [] } });

it('every widget has a place, one without comes last, and a place without a widget is none', () => {
  const places = placesOf({ widgets: [widget('a'), widget('b')], layout: [{ widget: 'b', x: 3, y: 0, w: 3, h: 2 }, { widget: 'gone', x: 0, y: 0, w: 12, h: 4 }] });
  expect(places.map((p) => [p.widget, p.kind])).toEqual([['a', 'kpi'], ['b', 'kpi']]);
  expect(places[1]).toMatchObject({ x: 3, y: 0, w: 3, h: 2 });
  expect(places[0]?.y).toBeGreaterThan(places[1]?.y ?? 0);
});
