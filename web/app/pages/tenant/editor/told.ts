/** One side of a conflict, in words. Pure. Tested in `test/unit/editor_merge.test.ts`. */
import type { Place, Widget } from '../../../../wire/shapes';
import { figureLabel } from './figures';
import { kindName } from './kinds';
import { spot } from './layout';
import { same } from './merge';

export interface Line {
  text: string;
  /** It is as it was. */
  same: boolean;
}

/** What a side says; lines that are as before are marked. */
export function told(key: string, value: unknown, base: unknown): Line[] {
  if (value === undefined || value === null) return [{ text: key.startsWith('widget/') ? 'Deleted' : 'None', same: false }];
  if (key.startsWith('place/')) return [{ text: spot(value as Place), same: false }];
  if (!key.startsWith('widget/')) return [{ text: plain(value), same: false }];
  const [widget, was] = [value as Widget, base as Widget | null | undefined];
  if (widget.kind === 'markdown') return [head(widget, was), ...written(widget.options.text, was?.kind === 'markdown' ? was.options.text : '')];
  const before = was ? lines(was) : [];
  return [head(widget, was), ...lines(widget).map((text, i) => ({ text, same: same(text, before[i]) }))];
}

const named = (widget: Widget) => `${widget.title} (${kindName(widget.kind)})`;
const head = (widget: Widget, was: Widget | null | undefined): Line => ({ text: named(widget), same: was ? named(widget) === named(was) : false });

function lines(widget: Widget): string[] {
  if (!('question' in widget)) return [];
  const { question } = widget;
  const more = Object.entries(question).filter(([name, v]) => !['dataset', 'measures', 'by', 'grain'].includes(name) && v !== undefined && v !== null);
  const options = Object.entries(widget.options ?? {}).filter(([, v]) => v !== false && v !== null);
  return [
    `${question.measures.map((m) => figure(m)).join(', ')} from ${question.dataset}`,
    [question.by?.length ? `by ${question.by.join(', ')}` : '', question.grain ? `time: ${question.grain}` : ''].filter(Boolean).join(', ') || 'not grouped',
    ...more.map(([name, v]) => `${name}: ${plain(v)}`),
    ...options.map(([name, v]) => `${name.replaceAll('_', ' ')}: ${plain(v)}`),
  ];
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

function plain(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('_', ' ');
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(plain).join('; ');
  if (value && typeof value === 'object') return Object.values(value).filter((v) => v !== null).map(plain).join(' ');
  return 'none';
}
