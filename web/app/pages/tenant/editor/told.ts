/** One side of a conflict, in words. Pure. Tested in `test/unit/editor_merge.test.ts`. */
import type { Place, Widget } from '../../../../wire/shapes';
import { kindName } from './gallery';
import { spot } from './layout';
import { same } from './merge';
import { measureLabel } from './words';

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
  const before = base ? lines(base as Widget) : [];
  return lines(value as Widget).map((text, i) => ({ text, same: same(text, before[i]) }));
}

function lines(widget: Widget): string[] {
  const { question } = widget;
  const more = Object.entries(question).filter(([name, v]) => !['dataset', 'measures', 'by', 'grain'].includes(name) && v !== undefined && v !== null);
  const options = Object.entries(widget.options ?? {}).filter(([, v]) => v !== false);
  return [
    `${widget.title} (${kindName(widget.kind)})`,
    `${question.measures.map((m) => measureLabel(m, null)).join(', ')} from ${question.dataset}`,
    [question.by?.length ? `by ${question.by.join(', ')}` : '', question.grain ? `time: ${question.grain}` : ''].filter(Boolean).join(', ') || 'not grouped',
    ...more.map(([name, v]) => `${name}: ${plain(v)}`),
    ...options.map(([name, v]) => `${name.replaceAll('_', ' ')}: ${plain(v)}`),
  ];
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('_', ' ');
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(plain).join('; ');
  if (value && typeof value === 'object') return Object.values(value).filter((v) => v !== null).map(plain).join(' ');
  return 'none';
}
