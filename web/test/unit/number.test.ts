import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axis, bare, bytes, counted, delta, milliseconds, number, span, unitBeside, useLocale } from '../../format/number';

beforeAll(() => useLocale('en-US'));
afterAll(() => useLocale(undefined));
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it.each([
    [0, {}, '0'],
    [3.14159, {}, '3.14'],
    [42.55, {}, '42.6'],
    [812.4, {}, '812'],
    [9_999, {}, '9,999'],
    [12_412, {}, '12.4K'],
    [3_200_000, { unit: 'mi' }, '3.2M mi'],
    [0.0815, { format: 'percent' as const }, '8.2%'],
    [74.2, { format: 'currency' as const, unit: 'EUR' }, '€74.20'],
    [194_233, { format: 'currency' as const, unit: 'EUR' }, '€194K'],
    [151, { format: 'duration' as const, unit: 'min' }, '2 h 31 min'],
    [-12.5, {}, '-12.5'],
  ])('%d %j is %s', (value, shape, text) => {
    expect(plain(number(value, shape))).toBe(text);
  });
  it('in full: every digit that means something', () => {
    expect(number(194_233.456, { format: 'currency', unit: 'EUR' }, 'full')).toBe('€194,233.46');
    expect(number(1_234_567, { format: 'integer' }, 'full')).toBe('1,234,567');
  });
  it('nothing is a dash, not a zero', () => {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(number(nothing)).toBe('–');
  });
  it('a unit stands once: inside for money and time, beside for the rest', () => {
    expect(unitBeside({ unit: 'mi' })).toBe('mi');
    expect(bare(5, { unit: 'mi' })).toBe('5');
    expect(unitBeside({ format: 'currency', unit: 'EUR' })).toBe('');
    expect(unitBeside({ format: 'duration', unit: 'min' })).toBe('');
  });
});

describe('lengths of time', () => {
  it.each([
    [0.25, 's', '250 ms'],
    [4.26, 's', '4.3 s'],
    [75, 's', '1 min 15 s'],
    [90, 'min', '1 h 30 min'],
    [36, 'h', '1 d 12 h'],
    [-90, 'min', '−1 h 30 min'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(plain(span(value, unit))).toBe(text);
  });
  it('milliseconds of an operation', () => {
    expect(plain(milliseconds(41))).toBe('41 ms');
    expect(plain(milliseconds(1_234))).toBe('1.2 s');
    expect(milliseconds(null)).toBe('–');
  });
});

describe('changes', () => {
  it.each([
    [112.4, 100, 'up', '+12.4%'],
    [88, 100, 'down', '−12%'],
    [100, 100, 'flat', '0%'],
    [100.04, 100, 'flat', '0%'],
    [350, 100, 'up', '+250%'],
    [-50, -100, 'up', '+50%'],
  ])('%d after %d goes %s: %s', (now, before, direction, text) => {
    expect(delta(now, before)).toMatchObject({ direction, text });
  });
  it('from nothing there is no percentage; without one side there is no change', () => {
    expect(delta(5, 0)).toMatchObject({ direction: 'up', text: 'new', ratio: null });
    expect(delta(0, 0)).toMatchObject({ direction: 'flat' });
    expect(delta(null, 5)).toBeNull();
    expect(delta(5, null)).toBeNull();
  });
});

describe('axes', () => {
  it.each([
    [[0, 200, 400, 600], {}, ['0', '200', '400', '600']],
    [[0, 2.5, 5, 7.5, 10], {}, ['0', '2.5', '5', '7.5', '10']],
    [[0, 2_500, 5_000, 7_500, 10_000], { format: 'currency' as const, unit: 'EUR' }, ['€0', '€2.5K', '€5K', '€7.5K', '€10K']],
    [[0, 0.05, 0.1], { format: 'percent' as const }, ['0%', '5%', '10%']],
    [[0, 0.025, 0.05], { format: 'percent' as const }, ['0%', '2.5%', '5%']],
  ])('%j alike', (ticks, shape, texts) => {
    expect(axis(ticks, shape)).toEqual(texts);
  });
});

it('bytes and counts', () => {
  expect(plain(bytes(0))).toBe('0 B');
  expect(plain(bytes(254_000_000))).toBe('254 MB');
  expect(plain(bytes(1_250_000_000))).toBe('1.3 GB');
  expect(plain(counted(1, { one: 'event', other: 'events' }))).toBe('1 event');
  expect(plain(counted(1_200, { one: 'event', other: 'events' }))).toBe('1,200 events');
});
