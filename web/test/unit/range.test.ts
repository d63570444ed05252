import { describe, expect, it } from 'vitest';
import { addDays, beforeLabel, between, comparison, dataQuery, isDate, lastDay, PRESETS, rangeFromQuery, rangeLabel, rangeToQuery } from '../../format/range';

const query = (text: string) => new URLSearchParams(text);
const day = (text: string) => text;

describe('the address', () => {
  it('every preset survives the way there and back', () => {
    for (const { last } of PRESETS) {
      const there = rangeToQuery({ last });
      expect(rangeFromQuery(query(`last=${there.last ?? ''}`))).toEqual({ last });
    }
  });
  it('two dates survive as well, and exclude the presets', () => {
    expect(rangeToQuery({ from: '2026-01-01', to: '2026-02-01' })).toEqual({ last: null, from: '2026-01-01', to: '2026-02-01' });
    expect(rangeFromQuery(query('from=2026-01-01&to=2026-02-01'))).toEqual({ from: '2026-01-01', to: '2026-02-01' });
  });
  it.each(['', 'last=', 'last=0d', 'last=30x', 'last=-3d', 'from=2026-01-01', 'from=2026-02-01&to=2026-01-01', 'from=2026-02-30&to=2026-03-05', 'from=x&to=y'])(
    'nonsense (%j) counts as nothing chosen',
    (text) => expect(rangeFromQuery(query(text))).toBeNull(),
  );
  it('a stretch of a chart is two instants, in the order of time and not of letters', () => {
    const range = { from: '2026-01-01T09:00:00+09:00', to: '2026-01-01T08:00:00Z' };
    expect(rangeFromQuery(query(String(new URLSearchParams(range))))).toEqual(range);
    expect(rangeFromQuery(query(String(new URLSearchParams({ from: range.to, to: range.from }))))).toBeNull();
    expect(rangeFromQuery(query('from=2026-01-01T25:00:00Z&to=2026-02-01'))).toBeNull();
    expect(rangeLabel(range, day)).toBe('2026-01-01 09:00 – 2026-01-01 08:00');
  });
  it('only what was chosen is sent', () => {
    expect(dataQuery(null, null, '[]')).toEqual({ filters: '[]' });
    expect(dataQuery(null, null)).toEqual({});
    expect(dataQuery({ last: '7d' }, 'none')).toEqual({ last: '7d', compare: 'none' });
    expect(dataQuery({ last: '7d' }, 'drop table')).toEqual({ last: '7d' });
  });
});

describe('days that people choose', () => {
  it('the last day is included', () => {
    expect(between('2026-01-01', '2026-01-31')).toEqual({ from: '2026-01-01', to: '2026-02-01' });
    expect(lastDay('2026-02-01')).toBe('2026-01-31');
  });
  it('one day is a range, and the order does not matter', () => {
    expect(between('2026-01-05', '2026-01-05')).toEqual({ from: '2026-01-05', to: '2026-01-06' });
    expect(between('2026-01-31', '2026-01-01')).toEqual({ from: '2026-01-01', to: '2026-02-01' });
  });
  it('what is no date makes no range', () => {
    expect(between('', '2026-01-01')).toBeNull();
    expect(isDate('2026-02-29')).toBe(false);
    expect(isDate('2028-02-29')).toBe(true);
  });
  it('days are counted over months, leap days and clock changes', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });
});

describe('words', () => {
  it.each([
    [{ last: '30d' }, 'Last 30 days'],
    [{ last: '1y' }, 'Last 1 year'],
    [{ last: '6w' }, 'Last 6 weeks'],
    [{ from: '2026-01-01', to: '2026-02-01' }, '2026-01-01 – 2026-01-31'],
    [{ from: '2026-01-01', to: '2026-01-02' }, '2026-01-01'],
  ])('%j is %s', (range, label) => expect(rangeLabel(range, day)).toBe(label));
  it('what a range is compared with', () => {
    expect(beforeLabel({ last: '7d' })).toBe('the 7 days before');
    expect(beforeLabel({ from: '2026-01-01', to: '2026-02-01' })).toBe('the period before');
    expect(beforeLabel({ last: '7d' }, 'previous_year')).toBe('the same days a year before');
    expect(comparison(null, 'previous_year')).toBe('previous_year');
    expect(comparison('none', 'previous_year')).toBe('none');
    expect(comparison('yesterday', null)).toBe('none');
  });
});
