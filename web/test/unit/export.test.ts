import readExcelFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import type { Answer, AnswerColumn, Scalar } from '../../wire/shapes';
import { csv } from '../../widgets/export/csv';
import { cellFormat, timeFormat } from '../../widgets/export/formats';
import { pieces } from '../../widgets/export/pace';
import { fileName } from '../../widgets/export/save';
import { escape, fitting, letters, MOST_CHARS, MOST_ROWS, serial, sheet } from '../../widgets/export/sheet';
import { sheetName, xlsx } from '../../widgets/export/xlsx';
import { zip } from '../../widgets/export/zip';

const range = { from: '2026-01-01T05:00:00Z', to: '2026-01-04T05:00:00Z' };
const of = (columns: AnswerColumn[], data: Scalar[][], more: Partial<Answer> = {}): Answer => ({ columns, data, range, time_zone: 'America/New_York', partial: false, truncated: false, ...more } as Answer);
const ORIGIN: AnswerColumn = { name: 'origin', kind: 'dimension', label: 'Origin' };
const texts = (values: string[]): Answer => of([ORIGIN], [values]);

const flights = of(
  [
    { name: 'time', kind: 'time', grain: 'day' },
    ORIGIN,
    { name: 'count', kind: 'measure', label: 'Flights', format: 'integer' },
    { name: 'count', kind: 'previous', label: 'Flights', format: 'integer' },
    { name: 'delay', kind: 'measure', label: 'Delay', unit: 'min' },
    { name: 'revenue', kind: 'measure', label: 'Revenue', format: 'currency', unit: 'EUR' },
    { name: 'late', kind: 'measure', label: 'Late', format: 'percent' },
  ],
  [['2026-01-02', '2026-01-01'], ['EWR', null], [5, 4], [3, null], [-2.5, 31], [1234.5, 0.1], [0.25, 1]],
  { previous: { from: '2025-12-29T05:00:00Z', to: '2026-01-01T05:00:00Z' }, partial: true },
);

const bytes = async (answer: Answer, title = 'Flights') => Buffer.from(await (await xlsx(answer, title)).file.arrayBuffer());
/** What somebody else's program finds in the file. */
const read = async (answer: Answer, title?: string) => readExcelFile(await bytes(answer, title), { trim: false });
/** What a cell is, to the letter. */
const xmlOf = (answer: Answer) => [...sheet(answer, () => 9).xml].join('');

describe('CSV', () => {
  const lines = (answer: Answer) => [...csv(answer)].join('');
  it('has the raw numbers, both periods and empty cells', () => {
    expect(lines(flights)).toBe('time,Origin,Flights,Flights (before),Delay,Revenue,Late\r\n2026-01-02,EWR,5,3,-2.5,1234.5,0.25\r\n2026-01-01,,4,,31,0.1,1\r\n');
  });
  it('quotes what has to be, and disarms formulas', () => {
    const odd = of([{ name: 'd', kind: 'dimension', label: 'a "b", c' }], [['=HYPERLINK("x")', '-1', 'line\nbreak', '+a', '@b', '\tc']]);
    expect(lines(odd)).toBe('"a ""b"", c"\r\n"\'=HYPERLINK(""x"")"\r\n\'-1\r\n"line\nbreak"\r\n\'+a\r\n\'@b\r\n\'\tc\r\n');
  });
});

it('files are named after their widget', () => {
  expect(fileName('Umsatz über Zeit (€)', 'csv')).toBe('umsatz-u-ber-zeit.csv');
  expect(fileName('???', 'xlsx')).toBe('data.xlsx');
});

describe('Excel, read by another program', () => {
  it('has numbers as numbers, days as days, and nothing where nothing is', async () => {
    const [data] = await read(flights);
    expect(data?.sheet).toBe('Flights');
    expect(data?.data).toEqual([
      ['Time', 'Origin', 'Flights', 'Flights, before', 'Delay (min)', 'Revenue (EUR)', 'Late'],
      [new Date('2026-01-02T00:00:00Z'), 'EWR', 5, 3, -2.5, 1234.5, 0.25],
      [new Date('2026-01-01T00:00:00Z'), null, 4, null, 31, 0.1, 1],
    ]);
  });
  it('has hours as the clock of the tenant shows them', async () => {
    const hours = of([{ name: 'time', kind: 'time', grain: 'hour' }, { name: 'n', kind: 'measure' }], [['2026-01-31T17:00:00-05:00'], [1]]);
    const [at, n] = (await read(hours))[0]?.data[1] ?? [];
    // A time is a part of a day, which is no round number: the reader comes within a millisecond.
    expect([Math.round(Number(at) / 1000) * 1000, n]).toEqual([Date.UTC(2026, 0, 31, 17), 1]);
  });
  it('takes no text for a formula, a number or a day', async () => {
    const odd = ['=1+1', '=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\ttab', ' =1', '007', '1e5', '2026-01-01', 'TRUE', '#N/A'];
    expect((await read(texts(odd)))[0]?.data.slice(1)).toEqual(odd.map((text) => [text]));
    expect(xmlOf(texts(odd))).not.toContain('<f');
    expect(xmlOf(texts(odd)).match(/ t="inlineStr"/g)?.length).toBe(odd.length + 1);
  });
  it('keeps every character', async () => {
    const odd = ['Zürich', '東京', 'مطار', '🛫 take-off', 'a&b<c>"d"\'e\'', ' both ends ', 'two\nlines', ']]>', '\u00a0'];
    expect((await read(texts(odd)))[0]?.data.slice(1)).toEqual(odd.map((text) => [text]));
  });
  it('a title that is a formula, or markup, is a name', async () => {
    const [data, about] = await read(flights, "='x'!A1 & <b>");
    expect([data?.sheet, about?.data[0]?.[0]]).toEqual(["='x'!A1 & <b>", "='x'!A1 & <b>"]);
    const label = of([{ ...ORIGIN, label: '=cmd|x' }], [['a']]);
    expect((await read(label))[0]?.data[0]).toEqual(['=cmd|x']);
  });
  it('says of what it is', async () => {
    const about = (await read({ ...flights, truncated: true }))[1];
    expect(about?.sheet).toBe('About');
    expect(about?.data).toEqual([
      ['Flights', null],
      ['From', new Date('2026-01-01T00:00:00Z')],
      ['Until, not included', new Date('2026-01-04T00:00:00Z')],
      ['Before: from', new Date('2025-12-29T00:00:00Z')],
      ['Before: until, not included', new Date('2026-01-01T00:00:00Z')],
      ['Times in', 'America/New_York'],
      ['So far', 'The last period is not over yet.'],
      ['Left out', 'There are more groups than were asked for.'],
    ]);
  });
  it('also when it has no rows, or its sheets would be called alike', async () => {
    const none = await read(of([ORIGIN], [[]]), 'about');
    expect(none.map((s) => s.sheet)).toEqual(['about', 'About it']);
    expect(none[0]?.data).toEqual([['Origin']]);
  });
  it('a text that is too long is cut, and that is said', async () => {
    const long = 'x'.repeat(40_000);
    const { note } = await xlsx(texts([long, 'short']), 't');
    expect(note).toBe('A cell holds 32,767 characters. What is longer is cut here, and whole in the CSV file.');
    const [data, about] = await read(texts([long, 'short']));
    expect(data?.data[1]?.[0]).toBe(`${'x'.repeat(MOST_CHARS - 1)}…`);
    expect(about?.data.at(-1)).toEqual(['Left out', note]);
    expect(fitting(`${'x'.repeat(MOST_CHARS - 2)}🛫🛫`)).toBe(`${'x'.repeat(MOST_CHARS - 2)}…`);
  });
  it('any answer comes back as it was', async () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const letter = () => String.fromCodePoint([next(95) + 32, next(0x2000) + 0xa0, 0x1f300 + next(400), 9, 10][next(5)] ?? 32);
    for (let round = 0; round < 40; round += 1) {
      const rows = next(30);
      const text = Array.from({ length: rows }, () => (next(5) === 0 ? null : `t${Array.from({ length: next(20) }, letter).join('')}`));
      const number = Array.from({ length: rows }, () => (next(5) === 0 ? null : (next(2_000_000) - 1_000_000) / 10 ** next(7)));
      const day = Array.from({ length: rows }, () => new Date(Date.UTC(1950 + next(120), next(12), 1 + next(28))).toISOString().slice(0, 10));
      const answer = of([{ name: 'time', kind: 'time', grain: 'day' }, ORIGIN, { name: 'n', kind: 'measure' }], [day, text, number]);
      const found = (await read(answer))[0]?.data.slice(1);
      expect(found).toEqual(day.map((d, i) => [new Date(`${d}T00:00:00Z`), text[i] ?? null, number[i] ?? null]));
    }
  });
});

describe('the sheet', () => {
  it('says where its head ends, how wide its columns are, and in which order', () => {
    const xml = xmlOf(flights);
    expect(xml).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(xml).toContain('<col min="1" max="1" width="12" customWidth="1"/>');
    expect(xml.match(/<(sheetViews|cols|sheetData|ignoredErrors)>/g)).toEqual(['<sheetViews>', '<cols>', '<sheetData>', '<ignoredErrors>']);
  });
  it('holds as many rows as a spreadsheet takes, and says how many more there are', () => {
    const many = of([{ name: 'n', kind: 'measure' }], [new Array<number>(MOST_ROWS + 4).fill(1)]);
    const { xml, left } = sheet(many, () => 9);
    let last = '';
    for (const part of xml) if (part.startsWith('<row')) last = part;
    expect([last, left]).toEqual([`<row r="${MOST_ROWS}"><c r="A${MOST_ROWS}" s="9"><v>1</v></c></row>`, 5]);
  });
  it('writes what XML cannot say as spreadsheets do', () => {
    expect(escape('a\u0000\r\u001f\uffff_x0041_')).toBe('a_x0000__x000D__x001F__xFFFF__x005F_x0041_');
  });
  it('a day that spreadsheets count differently is a text', () => {
    expect([serial(Date.UTC(1900, 1, 28)), serial(Date.UTC(1900, 2, 1)), serial(Date.UTC(2026, 0, 1)), serial(NaN)]).toEqual([null, 61, 46_023, null]);
    expect(xmlOf(of([{ name: 'time', kind: 'time', grain: 'day' }], [['1850-01-01']]))).toContain('<t xml:space="preserve">1850-01-01</t>');
  });
  it('columns have their letters', () => expect([0, 25, 26, 51, 701, 702].map(letters)).toEqual(['A', 'Z', 'AA', 'AZ', 'ZZ', 'AAA']));
  it('is called as the widget is, as far as that is allowed', () => {
    expect(sheetName('Revenue: by [day] / week?')).toBe('Revenue  by  day    week');
    expect(sheetName("'quoted'")).toBe('quoted');
    expect([sheetName('History'), sheetName('//'), sheetName('')]).toEqual(['Data', 'Data', 'Data']);
    expect(sheetName(`${'x'.repeat(30)}🛫`)).toBe('x'.repeat(30));
  });
});

it('numbers and times are written as the page writes them', () => {
  const code = (format: NonNullable<AnswerColumn['format']>, unit?: string, cells: Scalar[] = [1.5]) => cellFormat({ format, ...(unit ? { unit } : {}) }, cells);
  expect(code('integer')).toBe('#,##0');
  expect([code('number'), code('number', undefined, [1, null, -3])]).toEqual(['#,##0.00', '#,##0']);
  expect(code('number', 'mi')).toBe('#,##0.00"\u00a0mi"');
  expect(code('number', '5" [h];@')).toBe('#,##0.00"\u00a05″ [h];@"');
  expect([code('currency', 'EUR'), code('currency', 'JPY'), code('currency', 'beans')]).toEqual(['[$EUR] #,##0.00', '[$JPY] #,##0', '#,##0.00"\u00a0beans"']);
  expect([code('percent'), code('duration', 'min')]).toEqual(['0.00%', '#,##0.00"\u00a0min"']);
  expect([timeFormat('month'), timeFormat('week'), timeFormat('minute'), timeFormat(null)]).toEqual(['yyyy-mm', 'yyyy-mm-dd', 'yyyy-mm-dd hh:mm', 'yyyy-mm-dd hh:mm:ss']);
});

describe('much of it', () => {
  it('is made in pieces', () => {
    const made = [...pieces(Array.from({ length: 10_000 }, () => 'x'.repeat(50)))];
    expect(made.join('').length).toBe(500_000);
    expect(made.length).toBe(8);
    expect([...pieces([])]).toEqual([]);
  });
  it('lets everything else have its turn', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const rows = 300_000;
    const { file } = await xlsx(of([ORIGIN, { name: 'n', kind: 'measure' }], [new Array<string>(rows).fill('EWR'), Array.from({ length: rows }, (_, i) => i)]), 't');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(file.size).toBeLessThan(rows * 20);
  });
  it('the same texts make the same file', async () => {
    const file = async () => Buffer.from(await (await zip([{ name: 'ä.txt', text: ['one', 'two'] }], 'application/zip')).arrayBuffer());
    expect(Buffer.compare(await file(), await file())).toBe(0);
  });
});
