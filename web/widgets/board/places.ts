/**
 * Where each widget of a dashboard stands. A widget without a place of its own comes after all the others, so that
 * nothing is ever lost. Pure. Tested in `test/unit/places.test.ts`.
 */
import type { DashboardConfig, Place, Widget, WidgetKind } from '../../wire/shapes';

export interface Placed extends Place {
  kind: WidgetKind;
  of: Widget;
}

const BELOW = 1000;

export const placesOf = (config: Pick<DashboardConfig, 'widgets' | 'layout'>): Placed[] =>
  config.widgets.map((widget, i) => {
    const place = config.layout.find((p) => p.widget === widget.id) ?? { widget: widget.id, x: 0, y: BELOW + i * 4, w: 12, h: 4 };
    return { ...place, kind: widget.kind, of: widget };
  });
