/**
 * The numbers of a widget as a file to take along. It comes when somebody asks for the first one. Large ones are made
 * while the page goes on. What is in the files is tested in `test/unit/export.test.ts`, saving in
 * `test/browser/dashboard.test.ts`.
 */
import type { Answer } from '../../wire/shapes';
import { t } from '../../words/words';
import { csv } from './csv';
import { pieces, turns } from './pace';
import { xlsx } from './xlsx';

export type Kind = 'csv' | 'xlsx';
/** Milliseconds until whoever waits is told so. */
const SOON = 400;

/** `say` is told what to show meanwhile, and in the end what to know about the file; `''` is nothing. */
export async function save(answer: Answer, title: string, kind: Kind, say: (text: string) => void): Promise<void> {
  const soon = setTimeout(() => say(t('The file is being made…')), SOON);
  try {
    const { file, note } = kind === 'xlsx' ? await xlsx(answer, title) : { file: await plain(answer), note: '' };
    hand(file, fileName(title, kind));
    say(note);
  } catch {
    say(t('The file could not be made. Ask for a shorter range, or for fewer groups.'));
  } finally {
    clearTimeout(soon);
  }
}

async function plain(answer: Answer): Promise<Blob> {
  const parts: string[] = [];
  const turn = turns();
  for (const piece of pieces(csv(answer))) {
    parts.push(piece);
    await turn();
  }
  return new Blob(parts, { type: 'text/csv' });
}

/** Gives a file to whoever asked for it. */
export function hand(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** `Revenue by day` becomes `revenue-by-day.csv`. */
export const fileName = (title: string, kind: Kind): string =>
  `${title.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || t('data')}.${kind}`;
