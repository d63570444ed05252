import { expect, it } from 'vitest';
import { changesOf, csvOf, differing, draftOf } from '$app/pages/tenant/table/rows';

const table = { key: { name: 'code', label: 'Code' }, columns: [{ name: 'city', label: 'City' }, { name: 'note', label: 'Note' }] };

it('a row is edited as texts, and what is empty has no value', () => {
  expect(draftOf(table, null)).toEqual({ code: '', city: '', note: '' });
  const draft = draftOf(table, { code: 'ZRH', city: 'Zürich', note: null });
  expect(draft).toEqual({ code: 'ZRH', city: 'Zürich', note: '' });
  expect(changesOf(table, { ...draft, city: ' Kloten ', note: ' ' }, { code: 'ZRH' })).toEqual({ rows: [{ code: 'ZRH', city: 'Kloten', note: null }] });
});

it('numbers are edited as texts, too, and zero is one', () => {
  const sold = { key: { name: 'code', label: 'Code' }, columns: [{ name: 'seats', label: 'Seats', kind: 'number' as const }] };
  const row = { code: 'A', seats: 0 };
  expect(draftOf(sold, row)).toEqual({ code: 'A', seats: '0' });
  expect(differing(sold, row, { code: 'A', seats: '0' })).toEqual([]);
  expect(differing(sold, row, { code: 'A', seats: null })).toEqual(['Seats']);
  expect([...csvOf(sold, [row, { code: 'B', seats: -1.5 }])].join('')).toBe('code,seats\r\nA,0\r\nB,-1.5\r\n');
});

it('a row under another key takes the old one with it', () => {
  expect(changesOf(table, { code: 'LSZH', city: '', note: '' }, { code: 'ZRH' })).toEqual({ rows: [{ code: 'LSZH', city: null, note: null }], delete: ['ZRH'] });
  expect(changesOf(table, { code: 'LSZH', city: '', note: '' }, null)).toEqual({ rows: [{ code: 'LSZH', city: null, note: null }] });
});

it('what somebody else changed is named by its column', () => {
  const was = { code: 'ZRH', city: 'Zürich' };
  expect(differing(table, was, { code: 'ZRH', city: 'Zürich', note: null })).toEqual([]);
  expect(differing(table, was, { code: 'ZRH', city: 'Kloten', note: 'new' })).toEqual(['City', 'Note']);
  expect(differing(table, was, undefined)).toEqual(['Code', 'City', 'Note']);
});

it('the file comes back as it went: names, quotes, signs; what a spreadsheet would run does not run', () => {
  const rows = [
    { code: 'A', city: 'Say "hi", then go', note: null },
    { code: '-3', city: '+41', note: '=1+1' },
    { code: '-x', city: '@home', note: 'two\nlines' },
  ];
  expect([...csvOf(table, rows)].join('')).toBe('code,city,note\r\nA,"Say ""hi"", then go",\r\n-3,+41,\'=1+1\r\n\'-x,\'@home,"two\nlines"\r\n');
});
