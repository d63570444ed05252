import { expect, it } from 'vitest';
import { headings, lines, nameOf, SHOWN, tableName } from '$app/pages/tenant/table/csv';

it('headings are those of the first line, whatever separates them', () => {
  expect(headings('\uFEFFCode,Airline Name\r\nAA,American')).toEqual(['Code', 'Airline Name']);
  expect(headings('code;name\nAA;American, Inc.')).toEqual(['code', 'name']);
  expect(headings('a\tb')).toEqual(['a', 'b']);
  expect(headings('"last, first",key\n')).toEqual(['last, first', 'key']);
  expect(headings('')).toEqual([]);
});

it('names are made as the server makes them', () => {
  expect(nameOf(' Airline Name ')).toBe('airline_name');
  expect(nameOf('Größe (cm)')).toBe('gr_e_cm');
  expect(nameOf('%')).toBe('');
  expect(tableName('2024 Airlines (new).csv')).toBe('airlines_new');
  expect(tableName('plans.v2.csv')).toBe('plans_v2');
});

it('what is wrong is shown line by line, and how much more there is', () => {
  const errors = Array.from({ length: SHOWN + 5 }, (_, i) => ({ pointer: `/rows/${i}`, code: 'key', detail: `Line ${i + 2}: it has no code.` }));
  expect(lines(errors).more).toBe(5);
  expect(lines(errors).shown).toHaveLength(SHOWN);
  expect(lines([{ pointer: '/rows/0', code: 'key' }])).toEqual({ shown: [], more: 0 });
});
