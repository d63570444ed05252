import { describe, expect, it } from 'vitest';
import type { TimeModel } from '../../widgets/answer';
import { thin } from '../../widgets/time_series/thin';

function model(length: number, at: (i: number) => number | null): TimeModel {
  const times = Array.from({ length }, (_, i) => i * 60_000);
  return { times, texts: times.map(String), series: [{ label: 's', shape: {}, values: times.map((_, i) => at(i)), previous: null }], more: 0, partial: false, begun: false };
}

describe('a million moments', () => {
  it('become few, and the spike stays', () => {
    const before = performance.now();
    const found = thin(model(1_000_000, (i) => (i === 654_321 ? 99 : i === 123_456 ? -99 : 1)), 1000);
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(found.times.length).toBeLessThanOrEqual(4_000);
    expect(Math.max(...(found.series[0]?.values as number[]))).toBe(99);
    expect(Math.min(...(found.series[0]?.values as number[]))).toBe(-99);
    expect([found.times[0], found.times[found.times.length - 1]]).toEqual([0, 999_999 * 60_000]);
    expect(found.times.every((t, i) => i === 0 || t > (found.times[i - 1] ?? 0))).toBe(true);
    expect(found.texts).toEqual(found.times.map(String));
  });
  it('what fits stays as it is', () => {
    const small = model(100, (i) => i);
    expect(thin(small, 50)).toBe(small);
  });
  it('gaps stay gaps', () => expect(thin(model(1_000, () => null), 10).series[0]?.values.every((v) => v === null)).toBe(true));
});
