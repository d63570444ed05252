/**
 * Two changes of one dashboard brought together, by what both began with: the dashboard's own fields, each widget's title,
 * question and picture, and each widget's place. Where only one side changed something, that is taken; where both did and not
 * alike, a person chooses.
 *
 * The server brings a template and a workspace's changes together by the same rules (`model/src/dashboard_merge.rs`): one file of
 * cases is tested on both sides. Here it is done in the browser, because each choice is shown at once. Pure. What always holds:
 * with every conflict resolved to one side, nothing of that side is lost; the layout has no overlaps. Tested in
 * `test/unit/editor_merge.test.ts`.
 */
import type { DashboardConfig, Place, Widget } from '../../../../wire/shapes';
import { MOST_ROWS, overlap, readingOrder } from './layout';

export interface Draft {
  name: string;
  description: string | null;
  config: DashboardConfig;
}

export type Side = 'mine' | 'theirs';
export type Choices = Readonly<Record<string, Side>>;

/** Something that one side or both changed. */
export interface Change {
  /**
   * What, as the server names it: `/name`, `/config/range`, `/config/widgets/w1/title`, `/config/widgets/w1` (one side
   * deleted it), `/config/layout/w1`; `/config`, where the two are too much for one dashboard.
   */
  at: string;
  /** The widget that it is about. */
  widget: string | null;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  draft: Draft;
  /** What both sides changed, and not alike. */
  conflicts: Change[];
  /** What was taken from the other side without asking. */
  taken: Change[];
}

/** As on the server. */
const MOST_WIDGETS = 60;
const MOST_BYTES = 256 * 1024;

/** Whether two values say the same; the order of fields does not matter, and neither does a field that is not there. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].every((key) => same(x[key], y[key]));
}

/** Brings `mine` and `theirs` together. What nobody has chosen yet stays as `mine` has it. */
export function merge(base: Draft, mine: Draft, theirs: Draft, choices: Choices = {}): Merged {
  const asked = new Weaver(choices).weave(base, mine, theirs);
  if (same(mine, base)) return { ...asked, draft: theirs };
  if (same(theirs, base) || same(theirs, mine)) return { ...asked, draft: mine };
  // Whether the two fit is the same, whatever is chosen afterwards.
  if (fits(new Weaver({}).weave(base, mine, theirs).draft.config)) return asked;
  const whole = { at: '/config', widget: null, base: base.config, mine: mine.config, theirs: theirs.config };
  return { draft: choices['/config'] === 'theirs' ? theirs : mine, conflicts: [whole], taken: [] };
}

const fits = (config: DashboardConfig): boolean =>
  config.widgets.length <= MOST_WIDGETS &&
  config.layout.every((p) => p.y + p.h <= MOST_ROWS) &&
  new TextEncoder().encode(JSON.stringify(config)).length <= MOST_BYTES;

type Fields = Record<string, unknown>;
const fieldsOf = (value: object): Fields => value as Fields;
const namesOf = (mine: object, theirs: object): string[] => [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];

class Weaver {
  private readonly conflicts: Change[] = [];
  private readonly taken: Change[] = [];

  constructor(private readonly choices: Choices) {}

  /** What becomes of one value. */
  private pick<T>(at: string, widget: string | null, base: T, mine: T, theirs: T): T {
    if (same(mine, theirs) || same(theirs, base)) return mine;
    const change = { at, widget, base, mine, theirs };
    if (same(mine, base)) {
      this.taken.push(change);
      return theirs;
    }
    this.conflicts.push(change);
    return this.choices[at] === 'theirs' ? theirs : mine;
  }

  weave(base: Draft, mine: Draft, theirs: Draft): Merged {
    const name = this.pick('/name', null, base.name, mine.name, theirs.name);
    const description = this.pick('/description', null, base.description, mine.description, theirs.description);
    const config: Fields = {};
    const [b, m, t] = [fieldsOf(base.config), fieldsOf(mine.config), fieldsOf(theirs.config)];
    for (const key of namesOf(m, t)) {
      if (key === 'widgets' || key === 'layout') continue;
      const value = this.pick(`/config/${key}`, null, b[key], m[key], t[key]);
      if (value !== undefined) config[key] = value;
    }
    const widgets = this.widgets(base.config, mine.config, theirs.config);
    const layout = this.layout(widgets, base.config, mine.config, theirs.config);
    const { conflicts, taken } = this;
    return { draft: { name, description, config: { ...config, widgets, layout } as unknown as DashboardConfig }, conflicts, taken };
  }

  /** In my order, and behind them what the other one added. */
  private widgets(base: DashboardConfig, mine: DashboardConfig, theirs: DashboardConfig): Widget[] {
    const byId = (config: DashboardConfig) => new Map(config.widgets.map((w) => [w.id, w]));
    const [ofBase, ofMine, ofTheirs] = [byId(base), byId(mine), byId(theirs)];
    return [...new Set([...ofMine.keys(), ...ofTheirs.keys()])].flatMap((id) => {
      const [was, my, their] = [ofBase.get(id), ofMine.get(id), ofTheirs.get(id)];
      if (was && my && their) return [this.widget(was, my, their)];
      const kept = this.pick(`/config/widgets/${id}`, id, was, my, their);
      return kept ? [kept] : [];
    });
  }

  /**
   * Its title by itself; what is asked and how it is drawn by themselves too, unless somebody chose another picture: then they
   * belong together.
   */
  private widget(was: Widget, my: Widget, their: Widget): Widget {
    const at = `/config/widgets/${my.id}`;
    const [b, m, t] = [fieldsOf(was), fieldsOf(my), fieldsOf(their)];
    const together: Fields = {};
    const samePicture = was.kind === my.kind && was.kind === their.kind;
    for (const name of namesOf(m, t)) {
      if (!samePicture && name !== 'title') continue;
      const value = this.pick(`${at}/${name}`, my.id, b[name], m[name], t[name]);
      if (value !== undefined) together[name] = value;
    }
    if (samePicture) return together as unknown as Widget;
    const rest = ({ title: _, ...others }: Fields): Fields => others;
    return { ...together, ...this.pick(`${at}/picture`, my.id, rest(b), rest(m), rest(t)) } as unknown as Widget;
  }

  /** Where each widget is: the places that I have stay, what comes from the other one goes down until it is free. */
  private layout(widgets: readonly Widget[], base: DashboardConfig, mine: DashboardConfig, theirs: DashboardConfig): Place[] {
    const placeOf = (config: DashboardConfig) => new Map(config.layout.map((p) => [p.widget, p]));
    const [atBase, atMine, atTheirs] = [placeOf(base), placeOf(mine), placeOf(theirs)];
    const settled: Place[] = [];
    const coming: Place[] = [];
    for (const { id } of widgets) {
      const [my, their] = [atMine.get(id), atTheirs.get(id)];
      // Whoever has the widget alone says where it is.
      const place = my && their ? this.pick(`/config/layout/${id}`, id, atBase.get(id), my, their) : (my ?? their);
      if (place) (place === my ? settled : coming).push(place);
    }
    for (const place of readingOrder(coming)) {
      let now = place;
      for (let hit; (hit = settled.find((p) => overlap(p, now))); ) now = { ...now, y: hit.y + hit.h };
      settled.push(now);
    }
    return settled;
  }
}
