/**
 * The geometry of the grid: moving, resizing, adding. Pure. What always holds for what these functions give back, when
 * it held for what they were given: nothing lies outside of twelve columns, nothing lies on anything else, and the widget
 * that was moved is where it was put; what is in its way is pushed down, and no further than it has to be. Tested in
 * `test/unit/editor_layout.test.ts`.
 */
import type { Place } from '../../../../wire/shapes';
import { t } from '../../../../words/words';

export const COLUMNS = 12;
/** As on the server. */
export const MOST_ROWS = 1000;

type Layout = readonly Place[];

export const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), Math.max(low, high));

/** A place that lies inside. */
export function inside(place: Place): Place {
  const w = clamp(Math.round(place.w), 1, COLUMNS);
  const h = clamp(Math.round(place.h), 1, MOST_ROWS);
  return { ...place, w, h, x: clamp(Math.round(place.x), 0, COLUMNS - w), y: clamp(Math.round(place.y), 0, MOST_ROWS - h) };
}

/** From top to bottom, from left to right: how people read it, and its order where there is one column only. */
export const readingOrder = <P extends Place>(layout: readonly P[]): P[] =>
  [...layout].sort((a, b) => a.y - b.y || a.x - b.x || a.widget.localeCompare(b.widget));

/**
 * The layout with `fixed` where it is said; what it lies on goes down until it is free, and pushes on what is below it.
 * The order of the list stays.
 */
export function settle(layout: Layout, fixed: Place): Place[] {
  const placed: Place[] = [inside(fixed)];
  for (const place of readingOrder(layout.filter((p) => p.widget !== fixed.widget))) {
    placed.push(drop(place, placed));
  }
  const byId = new Map(placed.map((p) => [p.widget, p]));
  const kept = layout.map((p) => byId.get(p.widget) ?? p);
  return layout.some((p) => p.widget === fixed.widget) ? kept : [...kept, placed[0] as Place];
}

/** The place, or the nearest one straight below it that is free. */
function drop(place: Place, taken: readonly Place[]): Place {
  let now = place;
  for (;;) {
    const hit = taken.find((one) => overlap(one, now));
    if (!hit) return now;
    now = { ...now, y: hit.y + hit.h };
  }
}

const find = (layout: Layout, widget: string): Place | undefined => layout.find((p) => p.widget === widget);

/** Puts a widget's upper left corner somewhere. */
export function move(layout: Layout, widget: string, x: number, y: number): Place[] {
  const place = find(layout, widget);
  return place ? settle(layout, inside({ ...place, x, y })) : [...layout];
}

/** Makes a widget as wide and high as this; its upper left corner stays. */
export function resize(layout: Layout, widget: string, w: number, h: number): Place[] {
  const place = find(layout, widget);
  if (!place) return [...layout];
  return settle(layout, inside({ ...place, w: clamp(Math.round(w), 1, COLUMNS - place.x), h: clamp(Math.round(h), 1, MOST_ROWS - place.y) }));
}

export const remove = (layout: Layout, widget: string): Place[] => layout.filter((p) => p.widget !== widget);

/** How many rows are in use. */
export const rows = (layout: Layout): number => layout.reduce((most, p) => Math.max(most, p.y + p.h), 0);

/** The first free place of a size, from top to bottom. */
export function firstFree(layout: Layout, widget: string, w: number, h: number): Place {
  const end = rows(layout);
  const width = clamp(Math.round(w), 1, COLUMNS);
  for (let y = 0; y < end; y += 1) {
    for (let x = 0; x + width <= COLUMNS; x += 1) {
      const place = { widget, x, y, w: width, h };
      if (!layout.some((p) => overlap(p, place))) return place;
    }
  }
  return { widget, x: 0, y: end, w: width, h };
}

/** How many others are somewhere else now. */
export const pushed = (before: Layout, after: Layout, moved: string): number =>
  after.filter((p) => {
    const was = find(before, p.widget);
    return p.widget !== moved && was !== undefined && (was.x !== p.x || was.y !== p.y);
  }).length;

/** Where a widget is, in words. */
export const spot = (place: Place): string =>
  t('column {x}, row {y}, {w} wide, {h} high', { x: place.x + 1, y: place.y + 1, w: place.w, h: place.h });
