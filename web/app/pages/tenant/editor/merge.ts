/**
 * Two changes of one dashboard brought together, by what both began with: the dashboard's own fields, each widget, and
 * each widget's place. Where only one side changed something, that is taken; where both did and not alike, a person
 * chooses. Pure. What always holds: with every conflict resolved to one side, nothing of that side is lost; the layout has
 * no overlaps. Tested in `test/unit/editor_merge.test.ts`.
 */
import type { DashboardConfig, Place, Widget } from '../../../../wire/shapes';
import { inside, overlap, readingOrder } from './layout';

export interface Draft {
  name: string;
  description: string | null;
  config: DashboardConfig;
}

export type Side = 'mine' | 'theirs';

export interface Conflict {
  /** `name`, `config/range`, `widget/w1`, `place/w1`. */
  key: string;
  label: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  draft: Draft;
  /** What both sides changed, and not alike. */
  conflicts: Conflict[];
  /** What was taken from the other side without asking, in words. */
  taken: string[];
}

/** Whether two values say the same; the order of fields does not matter, and neither does a field that is not there. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].every((key) => same(x[key], y[key]));
}

interface Picker {
  pick<T>(key: string, label: string, base: T, mine: T, theirs: T): T;
}

function picker(choices: Readonly<Record<string, Side>>, conflicts: Conflict[], taken: string[]): Picker {
  return {
    pick(key, label, base, mine, theirs) {
      if (same(mine, theirs) || same(theirs, base)) return mine;
      if (same(mine, base)) {
        taken.push(label);
        return theirs;
      }
      conflicts.push({ key, label, base, mine, theirs });
      return choices[key] === 'theirs' ? theirs : mine;
    },
  };
}

const byId = (config: DashboardConfig) => new Map(config.widgets.map((w) => [w.id, w]));
const placeOf = (config: DashboardConfig) => new Map(config.layout.map((p) => [p.widget, p]));
const FIELDS: Record<string, string> = { range: 'The range', compare: 'The comparison', filters: 'The filters', embed: 'What embedding needs' };

/** Brings `mine` and `theirs` together. What nobody has chosen yet stays as `mine` has it. */
export function merge(base: Draft, mine: Draft, theirs: Draft, choices: Readonly<Record<string, Side>> = {}): Merged {
  const conflicts: Conflict[] = [];
  const taken: string[] = [];
  const { pick } = picker(choices, conflicts, taken);
  const name = pick('name', 'The name', base.name, mine.name, theirs.name);
  const description = pick('description', 'The description', base.description, mine.description, theirs.description);

  const config: Record<string, unknown> = {};
  const [b, m, t] = [base.config, mine.config, theirs.config].map((c) => c as unknown as Record<string, unknown>);
  for (const key of new Set([...Object.keys(m ?? {}), ...Object.keys(t ?? {})])) {
    if (key === 'widgets' || key === 'layout') continue;
    const value = pick(`config/${key}`, FIELDS[key] ?? `“${key}”`, b?.[key], m?.[key], t?.[key]);
    if (value !== undefined) config[key] = value;
  }

  const [ofBase, ofMine, ofTheirs] = [byId(base.config), byId(mine.config), byId(theirs.config)];
  const widgets: Widget[] = [];
  for (const id of new Set([...ofMine.keys(), ...ofTheirs.keys()])) {
    const [was, my, their] = [ofBase.get(id), ofMine.get(id), ofTheirs.get(id)];
    const label = `“${(my ?? their ?? was)?.title ?? id}”`;
    const said = was && !their ? `${label}, deleted` : !was && their && !my ? `${label}, new` : label;
    const kept = pick(`widget/${id}`, said, was, my, their);
    if (kept) widgets.push(kept);
  }

  const [atBase, atMine, atTheirs] = [placeOf(base.config), placeOf(mine.config), placeOf(theirs.config)];
  const layout = widgets.map((widget): Place => {
    const [was, my, their] = [atBase.get(widget.id), atMine.get(widget.id), atTheirs.get(widget.id)];
    // Whoever has the widget alone says where it is.
    if (!my || !their) return my ?? their ?? { widget: widget.id, x: 0, y: 0, w: 4, h: 4 };
    return pick(`place/${widget.id}`, `Where “${widget.title}” is`, was, my, their) ?? my;
  });
  const whole = { ...config, widgets, layout: apart(layout, atMine) } as unknown as DashboardConfig;
  return { draft: { name, description, config: whole }, conflicts, taken };
}

/** What is where `mine` has it stays; what came along and lies on something goes down until it is free. */
function apart(layout: Place[], mine: ReadonlyMap<string, Place>): Place[] {
  const own = layout.filter((p) => same(p, mine.get(p.widget)));
  const placed = [...own];
  for (const place of readingOrder(layout.filter((p) => !own.includes(p)))) {
    let now = inside(place);
    for (let hit; (hit = placed.find((p) => overlap(p, now))); ) now = { ...now, y: hit.y + hit.h };
    placed.push(now);
  }
  const found = new Map(placed.map((p) => [p.widget, p]));
  return layout.map((p) => found.get(p.widget) ?? p);
}
