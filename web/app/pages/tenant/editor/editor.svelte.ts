/**
 * What is being edited: the draft with its history, what it began with, and what is selected. Nothing here speaks to the
 * server but `saving.svelte.ts`; everything that changes a draft goes through `change`, so that it can be taken back.
 */
import type { Dataset, Place, Question, Widget, WidgetOptions } from '../../../../wire/shapes';
import { freshId, type Proposal, widgetOf } from './gallery';
import { begin, change, type History, mapped, redo, undo } from './history';
import { firstFree, move, pushed, readingOrder, remove, resize, settle, spot } from './layout';
import { asKind, asking, type ChartKind } from './kinds';
import { type Draft, same } from './merge';
import { t } from '../../../../words/words';

/** What a draft began with, and which version that is. */
interface Origin {
  base: Draft;
  etag: string | number;
}

/** A step of the history. What is taken back across a merge began with something else: it meets the other change again. */
interface Step {
  draft: Draft;
  origin: Origin;
}

const NOTHING: Draft = { name: '', description: null, config: { range: { last: '30d' }, widgets: [], layout: [] } };

export class Editor {
  private history = $state.raw<History<Step>>(begin({ draft: NOTHING, origin: { base: NOTHING, etag: 0 } }));
  selected = $state<string | null>(null);
  /** Read out to those who do not see what moved. */
  said = $state('');

  constructor(draft: Draft, etag: string | number) {
    this.reset(draft, etag);
  }

  get draft(): Draft {
    return this.history.now.draft;
  }
  /** What was last read or saved. */
  get base(): Draft {
    return this.history.now.origin.base;
  }
  /** Which version that is. */
  get etag(): string | number {
    return this.history.now.origin.etag;
  }
  get widgets(): readonly Widget[] {
    return this.draft.config.widgets;
  }
  get layout(): readonly Place[] {
    return this.draft.config.layout;
  }
  get widget(): Widget | null {
    return this.widgets.find((w) => w.id === this.selected) ?? null;
  }
  get dirty(): boolean {
    return !same(this.draft, this.base);
  }
  get canUndo(): boolean {
    return this.history.past.length > 0;
  }
  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  /** Begins anew with what the server has. */
  reset(draft: Draft, etag: string | number): void {
    this.history = begin({ draft, origin: { base: draft, etag } });
    this.keepSelection();
  }

  /** `draft` is what the server has now; what was done can still be taken back, and what was done meanwhile stays. */
  saved(draft: Draft, etag: string | number): void {
    const { origin } = this.history.now;
    const next = { base: draft, etag };
    this.history = mapped(this.history, (step) => (step.origin === origin ? { ...step, origin: next } : step));
  }

  /** Two changes were brought together: the other one is what this draft begins with from now on. */
  merged(draft: Draft, theirs: Draft, etag: string | number): void {
    this.history = change(this.history, { draft, origin: { base: theirs, etag } });
    this.keepSelection();
  }

  set(draft: Draft, about: string | null = null): void {
    if (same(draft, this.draft)) return;
    this.history = change(this.history, { draft, origin: this.history.now.origin }, about);
    this.keepSelection();
  }

  undo(): void {
    this.history = undo(this.history);
    this.keepSelection();
    this.say(t('Taken back.'));
  }

  redo(): void {
    this.history = redo(this.history);
    this.keepSelection();
    this.say(t('Done again.'));
  }

  say(text: string): void {
    // The same words twice are read out twice.
    this.said = this.said === text ? `${text}\u00a0` : text;
  }

  /* ── layout ─────────────────────────────────────────────────────────────────────────────────── */

  place(layout: readonly Place[], id: string): void {
    const before = this.layout;
    this.set({ ...this.draft, config: { ...this.draft.config, layout: [...layout] } });
    const now = layout.find((p) => p.widget === id);
    const title = this.widgets.find((w) => w.id === id)?.title ?? id;
    const others = pushed(before, layout, id);
    if (now) this.say(`${title}: ${spot(now)}.${others > 0 ? ` ${t('{n} pushed down.', { n: others })}` : ''}`);
  }

  move(id: string, dx: number, dy: number): void {
    const place = this.layout.find((p) => p.widget === id);
    if (place) this.place(move(this.layout, id, place.x + dx, place.y + dy), id);
  }

  resize(id: string, dw: number, dh: number): void {
    const place = this.layout.find((p) => p.widget === id);
    if (place) this.place(resize(this.layout, id, place.w + dw, place.h + dh), id);
  }

  /* ── widgets ────────────────────────────────────────────────────────────────────────────────── */

  private put(widgets: readonly Widget[], layout: readonly Place[]): void {
    this.set({ ...this.draft, config: { ...this.draft.config, widgets: [...widgets], layout: [...layout] } });
  }

  add(of: Proposal): void {
    const id = freshId(this.widgets);
    const place = firstFree(this.layout, id, of.w, of.h);
    this.put([...this.widgets, widgetOf(of, id)], [...this.layout, place]);
    this.selected = id;
    this.say(t('{title} was added at {place}.', { title: of.title, place: spot(place) }));
  }

  duplicate(id: string): void {
    const [widget, place] = [this.widgets.find((w) => w.id === id), this.layout.find((p) => p.widget === id)];
    if (!widget || !place) return;
    const copy = freshId(this.widgets);
    const below = { ...place, widget: copy, y: place.y + place.h };
    this.put([...this.widgets, { ...widget, id: copy }], settle([...this.layout, below], below));
    this.selected = copy;
    this.say(t('{title} was duplicated.', { title: widget.title }));
  }

  remove(id: string): void {
    const widget = this.widgets.find((w) => w.id === id);
    if (!widget) return;
    const order = readingOrder(this.layout).map((p) => p.widget);
    const at = order.indexOf(id);
    this.put(this.widgets.filter((w) => w.id !== id), remove(this.layout, id));
    this.selected = order[at + 1] ?? order[at - 1] ?? null;
    this.say(t('{title} was deleted.', { title: widget.title }));
  }

  /* What follows changes the selected widget. `about`: changes of the same are one step. */

  title(title: string): void {
    if (this.widget) this.edit({ ...this.widget, title }, 'title');
  }

  options(changes: WidgetOptions, about: string | null = null): void {
    const { widget } = this;
    if (widget) this.edit({ ...widget, options: { ...widget.options, ...changes } } as Widget, about);
  }

  question(question: Question, about: string | null = null): void {
    const { widget } = this;
    if (widget && 'question' in widget) this.edit(asking(widget, question), about);
  }

  kind(kind: ChartKind, set: Dataset | null): void {
    const { widget } = this;
    if (widget && 'question' in widget) this.edit(asKind(widget, kind, set));
  }

  private edit(changed: Widget, about: string | null = null): void {
    const widgets = this.widgets.map((w) => (w.id === changed.id ? changed : w));
    this.set({ ...this.draft, config: { ...this.draft.config, widgets } }, about === null ? null : `${changed.id} ${about}`);
  }

  private keepSelection(): void {
    if (this.selected !== null && !this.widgets.some((w) => w.id === this.selected)) this.selected = null;
  }
}
