/** What of a dashboard was changed, in words. Pure. Tested in `test/unit/editor_merge.test.ts`. */
import { type Plain, t } from '../../words/words';

const FIELDS: Readonly<Record<string, Plain>> = {
  '/name': 'Name',
  '/description': 'Description',
  '/config': 'The whole dashboard',
  '/config/range': 'Time range',
  '/config/compare': 'Comparison',
  '/config/filters': 'Filters',
  '/config/embed': 'What embedding needs',
};
const OF_WIDGET: Readonly<Record<string, Plain>> = { title: 'Title', question: 'What it asks', options: 'How it is drawn', picture: 'Its picture' };

export interface Spot {
  /** The widget that it is about, by id. */
  widget: string | null;
  label: string;
}

/** What a change is about, from its place: `/name`, `/config/widgets/w1/title`, `/config/layout/w1`. */
export function spotOf(at: string): Spot {
  const [, list, id = '', field] = /^\/config\/(widgets|layout)\/([^/]+)(?:\/(.+))?$/.exec(at) ?? [];
  if (list === 'layout') return { widget: id, label: t('Where it is') };
  const known = list ? (field ? OF_WIDGET[field] : 'The widget itself') : FIELDS[at];
  const label = known ? t(known) : ((list ? field : at.split('/').pop())?.replaceAll('_', ' ') ?? at);
  return { widget: list ? id : null, label };
}

/** Several things in one sentence. */
export const listed = (parts: readonly string[]): string => (parts.length < 2 ? parts.join('') : t('{list} and {last}', { list: parts.slice(0, -1).join(', '), last: parts[parts.length - 1] ?? '' }));
