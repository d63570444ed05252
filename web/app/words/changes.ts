/** What of a dashboard was changed, in words. Pure. Tested in `test/unit/editor_merge.test.ts`. */

const FIELDS: Readonly<Record<string, string>> = {
  '/name': 'Name',
  '/description': 'Description',
  '/config': 'The whole dashboard',
  '/config/range': 'Time range',
  '/config/compare': 'Comparison',
  '/config/filters': 'Filters',
  '/config/embed': 'What embedding needs',
};
const OF_WIDGET: Readonly<Record<string, string>> = { title: 'Title', question: 'What it asks', options: 'How it is drawn', picture: 'Its picture' };

export interface Spot {
  /** The widget that it is about, by id. */
  widget: string | null;
  label: string;
}

/** What a change is about, from its place: `/name`, `/config/widgets/w1/title`, `/config/layout/w1`. */
export function spotOf(at: string): Spot {
  const [, list, id = '', field] = /^\/config\/(widgets|layout)\/([^/]+)(?:\/(.+))?$/.exec(at) ?? [];
  if (list === 'layout') return { widget: id, label: 'Where it is' };
  if (list === 'widgets') return { widget: id, label: field ? (OF_WIDGET[field] ?? field.replaceAll('_', ' ')) : 'The widget itself' };
  return { widget: null, label: FIELDS[at] ?? at.split('/').pop()?.replaceAll('_', ' ') ?? at };
}

/** Several things in one sentence. */
export const listed = (parts: readonly string[]): string => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1] ?? ''}`);
