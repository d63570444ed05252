/**
 * An answer as a workbook (Office Open XML): its sheet, and a second one that says what it is: the range, the time zone,
 * what was left out. No part of it says who made it or when. Tested in `test/unit/export.test.ts` with somebody
 * else's reader.
 */
import type { Answer } from '../../wire/shapes';
import { count } from '../../format/number';
import { wallClockOf } from '../../format/time';
import { t } from '../../words/words';
import { escape, HEAD, MOST_CHARS, MOST_ROWS, numberCell, serial, sheet, sheetHead, TEXT, textCell } from './sheet';
import { zip } from './zip';

const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const PART = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const MOMENT = 'yyyy-mm-dd hh:mm';

export interface Book {
  file: Blob;
  /** What whoever takes it along should know. */
  note: string;
}

export async function xlsx(answer: Answer, title: string): Promise<Book> {
  const styles = new Styles();
  const { xml, left, cut } = sheet(answer, (format) => styles.of(format));
  const moment = styles.of(MOMENT);
  const name = sheetName(title);
  const about = t('About');
  const notes = () => [
    ...(left > 0 ? [t('A sheet holds {most} rows. {left} more are in the CSV file.', { most: count(MOST_ROWS), left: count(left) })] : []),
    ...(cut() ? [t('A cell holds {most} characters. What is longer is cut here, and whole in the CSV file.', { most: count(MOST_CHARS) })] : []),
  ];
  /** Made after the sheet: only then is known what was cut. */
  function* second(): Generator<string> {
    yield aboutSheet(answer, title, moment, notes());
  }
  const file = await zip(
    [
      { name: '[Content_Types].xml', text: [types()] },
      { name: '_rels/.rels', text: [relations([['officeDocument', 'xl/workbook.xml']])] },
      { name: 'xl/workbook.xml', text: [workbook([name, name.toLowerCase() === about.toLowerCase() ? t('About it') : about])] },
      { name: 'xl/_rels/workbook.xml.rels', text: [relations([['worksheet', 'worksheets/sheet1.xml'], ['worksheet', 'worksheets/sheet2.xml'], ['styles', 'styles.xml']])] },
      { name: 'xl/styles.xml', text: [styles.xml()] },
      { name: 'xl/worksheets/sheet1.xml', text: xml },
      { name: 'xl/worksheets/sheet2.xml', text: second() },
    ],
    TYPE,
  );
  return { file, note: notes().join(' ') };
}

/** The title as far as a sheet may be called so. */
export function sheetName(title: string): string {
  const plain = title.replace(/[\\/?*[\]:\u0000-\u001f\ufffe\uffff]+/g, ' ').trim();
  let name = '';
  for (const character of plain) if (name.length + character.length <= 31) name += character; else break;
  name = name.replace(/^'+|'+$/g, '').trim();
  // One name is taken by the program itself.
  return name === '' || name.toLowerCase() === 'history' ? t('Data') : name;
}

function aboutSheet(answer: Answer, title: string, moment: number, notes: readonly string[]): string {
  const zone = answer.time_zone;
  const at = (name: string, instant: string): [string, string | number][] => {
    const days = instant && zone ? serial(wallClockOf(instant, zone)) : null;
    return days === null ? [] : [[name, days]];
  };
  const lines: [string, string | number][] = [
    ...at(t('From'), answer.range.from),
    ...at(t('Until, not included'), answer.range.to),
    ...(answer.previous ? [...at(t('Before: from'), answer.previous.from), ...at(t('Before: until, not included'), answer.previous.to)] : []),
    ...(zone ? [[t('Times in'), zone] as [string, string]] : []),
    ...(answer.partial ? [[t('So far'), t('The last period is not over yet.')] as [string, string]] : []),
    ...(answer.truncated ? [[t('Left out'), t('There are more groups than were asked for.')] as [string, string]] : []),
    ...notes.map((note): [string, string] => [t('Left out'), note]),
  ];
  const rows = lines.map(([name, value], i) => {
    const row = i + 2;
    const cell = typeof value === 'number' ? numberCell(`B${row}`, value, moment) : textCell(`B${row}`, value, TEXT);
    return `<row r="${row}">${textCell(`A${row}`, name, TEXT)}${cell}</row>`;
  });
  return `${sheetHead([28, 60])}<row r="1">${textCell('A1', title, HEAD)}</row>${rows.join('')}</sheetData></worksheet>`;
}

/** Which looks the cells have; each is there once. */
class Styles {
  readonly #formats = new Map<string, number>();

  of(format: string): number {
    const known = this.#formats.get(format) ?? this.#formats.size;
    this.#formats.set(format, known);
    return TEXT + 1 + known;
  }

  xml(): string {
    const own = [...this.#formats].map(([code, i]) => `<numFmt numFmtId="${164 + i}" formatCode="${escape(code)}"/>`);
    const looks = [...this.#formats.values()].map((i) => `<xf numFmtId="${164 + i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`);
    const font = (more: string) => `<font>${more}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;
    // 49 is the format of texts: also what is typed into such a cell stays one.
    const text = (more: string) => `<xf numFmtId="49" ${more} xfId="0" applyNumberFormat="1"/>`;
    return (
      `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${own.length}">${own.join('')}</numFmts><fonts count="2">${font('')}${font('<b/>')}</fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
      `<cellXfs count="${TEXT + 1 + looks.length}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
      `${text('fontId="1" fillId="0" borderId="0" applyFont="1"')}${text('fontId="0" fillId="0" borderId="0"')}${looks.join('')}</cellXfs>` +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    );
  }
}

const types = (): string =>
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
  `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${PART}.sheet.main+xml"/>` +
  `<Override PartName="/xl/styles.xml" ContentType="${PART}.styles+xml"/>` +
  [1, 2].map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${PART}.worksheet+xml"/>`).join('') +
  '</Types>';

const relations = (list: readonly (readonly [string, string])[]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list.map(([kind, to], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${kind}" Target="${to}"/>`).join('')}</Relationships>`;

const workbook = (sheets: readonly string[]): string =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>` +
  `${sheets.map((name, i) => `<sheet name="${escape(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`;
