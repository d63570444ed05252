/** What was changed, and what each side of it says, in words. Pure. Tested in `test/unit/editor_merge.test.ts`. */
import type { Place, Question, Widget, WidgetOptions } from '../../../../wire/shapes';
import { count } from '../../../../format/number';
import { listed, spotOf } from '../../../words/changes';
import { figureLabel } from './figures';
import { kindName } from './kinds';
import { spot } from './layout';
import { type Change, type Side } from './merge';
import { COMPARISONS, RANGES } from './words';
import { type Plain, plural, t, within } from '../../../../words/words';

export interface Line {
  text: string;
  /** It is as it was. */
  same: boolean;
}

type Parts = Partial<Pick<Widget, 'title' | 'kind'>> & { question?: Question; options?: WidgetOptions };

/** What a side says; lines that are as before are marked. */
export function told({ at, base }: Pick<Change, 'at' | 'base'>, value: unknown): Line[] {
  const { widget } = spotOf(at);
  const whole = at === `/config/widgets/${widget}`;
  if (value === undefined || value === null) return [{ text: whole ? t('Deleted') : t('None'), same: false }];
  if (at.startsWith('/config/layout/')) return [{ text: spot(value as Place), same: false }];
  if (widget === null || at.endsWith('/title')) return [{ text: plainOf(at, value), same: false }];
  const field = at.split('/')[4];
  const parts = (of: unknown): Parts => (field === 'question' || field === 'options' ? { [field]: of } : ((of ?? {}) as Parts));
  const [now, was] = [parts(value), parts(base)];
  const [text, before] = [now.options?.text, was.options?.text];
  const lines = typeof text === 'string' ? written(text, before ?? '') : marked(settings(now), settings(was), base);
  return [...marked(head(now), head(was), base), ...lines];
}

const marked = (now: string[], was: string[], base: unknown): Line[] => now.map((text) => ({ text, same: Boolean(base) && was.includes(text) }));

/** What a widget is called; without its title, where that is not part of it. */
function head({ title, kind }: Parts): string[] {
  if (!kind) return [];
  return [title === undefined ? kindName(kind) : `${title} (${kindName(kind)})`];
}

function settings({ question, options }: Parts): string[] {
  const more = Object.entries(question ?? {}).filter(([name, v]) => !['dataset', 'measures', 'by', 'grain'].includes(name) && v !== undefined && v !== null);
  const drawn = Object.entries(options ?? {}).filter(([, v]) => v !== false && v !== null);
  const asked = question
    ? [
        t('{measures} from {dataset}', { measures: question.measures.map((m) => figure(m)).join(', '), dataset: question.dataset }),
        [question.by?.length ? t('by {groups}', { groups: question.by.join(', ') }) : '', question.grain ? t('time: {grain}', { grain: question.grain }) : ''].filter(Boolean).join(', ') || t('not grouped'),
      ]
    : [];
  const said = [...asked, ...[...more, ...drawn].map(([name, v]) => `${name.replaceAll('_', ' ')}: ${plain(v)}`)];
  return said.length > 0 || !options ? said : [t('as it comes')];
}

/** A formula's name alone would not say what was changed in it. */
function figure(of: Parameters<typeof figureLabel>[0]): string {
  const label = figureLabel(of, null);
  if (!('formula' in of) || of.formula.trim() === label) return label;
  return `${label} = ${of.formula.trim().replaceAll(/\s+/g, ' ')}`;
}

/** Lines of a text. Of those that are as before as many as it takes to see that they are there. */
function written(text: string, before: string): Line[] {
  const known = new Set(before.split('\n'));
  const all = text.split('\n').filter((line) => line.trim() !== '').map((line): Line => ({ text: line, same: known.has(line) }));
  return all.flatMap((line, i) => (!line.same || !all[i - 1]?.same ? [line] : all[i - 2]?.same ? [] : [{ text: '…', same: true }]));
}

function plainOf(at: string, value: unknown): string {
  const words: readonly { value: string; label: Plain }[] = at === '/config/compare' ? COMPARISONS : at === '/config/range' ? RANGES : [];
  const key = at === '/config/range' ? (value as { last?: string }).last : value;
  if (at === '/config') return widgets((value as { widgets: unknown[] }).widgets.length);
  const word = words.find((w) => w.value === key);
  return at === '/name' || at === '/description' || at.endsWith('/title') ? String(value) : word ? t(word.label) : plain(value);
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('_', ' ');
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (Array.isArray(value)) return value.map(plain).join('; ');
  if (value && typeof value === 'object') return Object.values(value).filter((v) => v !== null).map(plain).join(' ');
  return t('none');
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────── */

const widgets = (n: number): string => plural(n, '{n}\u00a0widget', '{n}\u00a0widgets', { n: count(n) });

/** What somebody did, in one sentence's middle: `changed 2 widgets and the time range, and added 1 widget`. */
export function deeds(taken: readonly Change[]): string {
  const of = (which: (change: Change) => boolean) => new Set(taken.filter((c) => c.widget !== null && which(c)).map((c) => c.widget));
  const whole = (c: Change) => c.at === `/config/widgets/${c.widget}`;
  const added = of((c) => whole(c) && c.base === undefined);
  const deleted = of((c) => whole(c) && c.theirs === undefined);
  const changed = of((c) => c.at.startsWith('/config/widgets/') && !added.has(c.widget) && !deleted.has(c.widget));
  const moved = of((c) => c.at.startsWith('/config/layout/') && !changed.has(c.widget));
  const fields = taken.filter((c) => c.widget === null).map((c) => t('the {field}', { field: within(spotOf(c.at).label) }));
  const done = [
    ['changed {what}', [...(changed.size > 0 ? [widgets(changed.size)] : []), ...fields]],
    ['added {what}', added.size > 0 ? [widgets(added.size)] : []],
    ['deleted {what}', deleted.size > 0 ? [widgets(deleted.size)] : []],
    ['moved {what}', moved.size > 0 ? [widgets(moved.size)] : []],
  ] as const;
  return listed(done.flatMap(([deed, what]) => (what.length > 0 ? [t(deed, { what: listed(what) })] : [])));
}

/** Who it was, inside of a sentence: names stay as they are. */
export const inside = (who: string): string =>
  who.replace(t('Somebody'), t('somebody')).replace(t('You (in another window)'), t('you (in another window)'));

/** Each of it by itself: `“Revenue”: title`. `titles`: what the widgets are called. */
export function details(taken: readonly Change[], titles: ReadonlyMap<string, string>): string[] {
  return taken.map((change) => {
    const { widget, label } = spotOf(change.at);
    if (widget === null) return label;
    const called = t('“{text}”', { text: titles.get(widget) ?? (change.base as { title?: string } | undefined)?.title ?? widget });
    if (change.at !== `/config/widgets/${widget}`) return `${called}: ${within(label)}`;
    return change.theirs === undefined ? t('{called} was deleted', { called }) : t('{called} is new', { called });
  });
}

/** A conflict's value on one side. */
export const sideOf = (change: Change, side: Side): unknown => (side === 'mine' ? change.mine : change.theirs);

/** Whether somebody sees more of it in a picture than in words. */
export const pictured = ({ at, widget }: Change): boolean => widget !== null && at.startsWith('/config/widgets/') && !at.endsWith('/title');
