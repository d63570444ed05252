/**
 * The sheet of an answer: each cell as what it is. Numbers are numbers, written as the page writes them; times are the
 * tenant's wall clock; all other things are texts, in cells that stay texts when somebody edits them, so that none
 * is ever a formula. Pure. Tested in `test/unit/export.test.ts`.
 */
import type { Answer, AnswerColumn, Grain, Scalar } from '../../wire/shapes';
import { wallClock } from '../../format/time';
import { t } from '../../words/words';
import { rowCount } from '../answer';
import { cellFormat, timeFormat } from './formats';

/** Rows of a sheet, the head included; a spreadsheet refuses more. */
export const MOST_ROWS = 1_048_576;
/** UTF-16 units of a text. */
export const MOST_CHARS = 32_767;
/** Rows that are looked at for how wide a column is. */
const MEASURED = 500;

/** What a column's cells look like: the number of a style, given out by the book. */
export type Style = (format: string) => number;
export const HEAD = 1;
export const TEXT = 2;

export interface Sheet {
  xml: Iterable<string>;
  /** Rows that there is no room for. */
  left: number;
  /** Whether a text was longer than a cell holds; known when the rows are written. */
  cut: () => boolean;
}

/** `A`, `Z`, `AA`: how columns are called. */
export function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

/** Days since the end of 1899, as spreadsheets count; `null` where they count differently from the calendar. */
export function serial(ms: number): number | null {
  const days = ms / 86_400_000 + 25_569;
  return days >= 61 && days < 2_958_466 ? days : null;
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML cannot say is written as spreadsheets write it, and so is what looks like that already. */
export const escape = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (c) => XML[c] ?? c);

/** As much of a text as a cell holds; no character is cut in two. */
export function fitting(text: string): string {
  if (text.length <= MOST_CHARS) return text;
  const end = MOST_CHARS - 1;
  const half = /[\ud800-\udbff]/.test(text[end - 1] ?? '');
  return `${text.slice(0, half ? end - 1 : end)}…`;
}

export const textCell = (at: string, text: string, style: number): string =>
  `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(fitting(text))}</t></is></c>`;
export const numberCell = (at: string, value: number, style: number): string => `<c r="${at}" s="${style}"><v>${value}</v></c>`;

/** The name of a column, with the unit of its numbers. */
export function headOf(column: AnswerColumn): string {
  const name = column.kind === 'time' && !column.label ? t('Time') : (column.label ?? column.name);
  const unit = column.unit && !name.includes(column.unit) ? `${name} (${column.unit})` : name;
  return column.kind === 'previous' ? t('{name}, before', { name: unit }) : unit;
}

export function sheet(answer: Answer, style: Style): Sheet {
  const rows = Math.min(rowCount(answer), MOST_ROWS - 1);
  const columns = answer.columns.map((column, i) => {
    const cells = answer.data[i] ?? [];
    const number = column.kind === 'measure' || column.kind === 'previous';
    const look = column.kind === 'time' ? style(timeFormat(column.grain ?? answer.grain)) : number ? style(cellFormat(column, cells)) : TEXT;
    return { name: letters(i), head: headOf(column), time: column.kind === 'time', grain: column.grain ?? answer.grain, look, cells };
  });
  let cut = false;

  function cell(of: (typeof columns)[number], row: number): string {
    const value = of.cells[row - 2] ?? null;
    if (value === null) return '';
    if (typeof value === 'number') return numberCell(`${of.name}${row}`, value, of.look);
    const days = of.time ? serial(wallClock(value)) : null;
    if (days !== null) return numberCell(`${of.name}${row}`, days, of.look);
    cut ||= value.length > MOST_CHARS;
    return textCell(`${of.name}${row}`, value, TEXT);
  }
  function* xml(): Generator<string> {
    const widths = columns.map(({ head, time, grain, cells }) => (time ? timeWidth(grain) : width(head, cells)));
    yield sheetHead(widths);
    yield `<row r="1">${columns.map(({ name, head }) => textCell(`${name}1`, head, HEAD)).join('')}</row>`;
    for (let row = 2; row < rows + 2; row += 1) {
      let line = `<row r="${row}">`;
      for (const column of columns) line += cell(column, row);
      yield `${line}</row>`;
    }
    const all = `A1:${letters(Math.max(0, columns.length - 1))}${rows + 1}`;
    // A flight's number is a text, and no mistake.
    yield `</sheetData><ignoredErrors><ignoredError sqref="${all}" numberStoredAsText="1"/></ignoredErrors></worksheet>`;
  }
  return { xml: xml(), left: rowCount(answer) - rows, cut: () => cut };
}

/** Up to the first row, which stays where it is when the others move. */
export const sheetHead = (widths: readonly number[]): string =>
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
  `<cols>${widths.map((w, i) => `<col min="${i + 1}" max="${i + 1}" width="${w}" customWidth="1"/>`).join('')}</cols><sheetData>`;

const timeWidth = (grain: Grain | null | undefined): number => (grain && grain !== 'hour' && grain !== 'minute' ? 12 : 20);

/** In characters, as spreadsheets measure. */
function width(head: string, cells: readonly Scalar[]): number {
  const longest = cells.slice(0, MEASURED).reduce<number>((most, v) => Math.max(most, typeof v === 'number' ? digits(v) : (v?.length ?? 0)), head.length);
  return Math.min(60, Math.max(8, longest + 2));
}

/** Of a number with its separators and two decimals. */
const digits = (value: number): number => {
  const whole = Math.trunc(Math.abs(value)).toString().length;
  return whole + Math.floor(whole / 3) + 8;
};
