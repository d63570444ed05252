import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, fillLimit, fromOklch, judge, LIMITS, normalHex, parseHex, READABLE, type Rgb, tones, toOklch } from '../../theme/contrast';

const WHITE: Rgb = [1, 1, 1];
const rgb = (hex: string): Rgb => parseHex(hex) ?? WHITE;

/** Every sixteenth colour there is. */
const EVERY: Rgb[] = [];
for (let r = 0; r <= 255; r += 17) for (let g = 0; g <= 255; g += 17) for (let b = 0; b <= 255; b += 17) EVERY.push([r / 255, g / 255, b / 255]);

describe('colours', () => {
  it.each([
    ['#2563eb', '#2563eb'],
    ['2563EB', '#2563eb'],
    [' #f00 ', '#ff0000'],
    ['#12', null],
    ['red', null],
    ['#ggg', null],
  ])('%j is spelled %j', (text, hex) => expect(normalHex(text)).toBe(hex));
  it('there and back through OKLCH', () => {
    for (const color of EVERY) {
      const back = fromOklch(toOklch(color));
      for (const i of [0, 1, 2] as const) expect(back[i]).toBeCloseTo(color[i], 3);
    }
  });
  it('contrast as WCAG defines it', () => {
    expect(contrast(WHITE, [0, 0, 0])).toBeCloseTo(21, 5);
    expect(contrast(rgb('#767676'), WHITE)).toBeCloseTo(4.54, 2);
  });
});

describe('whatever the brand', () => {
  const soft = fromOklch({ l: 0.966, c: 0.003, h: 260 });
  const dark = fromOklch({ l: 0.248, c: 0.008, h: 265 });
  it.each([
    ['words on a button', (t: ReturnType<typeof tones>) => contrast(t.fill, t.onFill)],
    ['links on light ground', (t: ReturnType<typeof tones>) => contrast(t.textOnLight, soft)],
    ['links on dark ground', (t: ReturnType<typeof tones>) => contrast(t.textOnDark, dark)],
  ])('%s can be read', (_what, measure) => {
    for (const color of EVERY) expect(measure(tones(color)), JSON.stringify(toOklch(color))).toBeGreaterThanOrEqual(READABLE);
  });
  it('a brand that can be read as it is stays (nearly) as it is', () => {
    for (const hex of ['#2563eb', '#c4371c', '#0d806c', '#4f46e5', '#7c3aed', '#111111']) {
      expect(Math.abs(toOklch(tones(rgb(hex)).fill).l - toOklch(rgb(hex)).l), hex).toBeLessThan(0.012);
    }
  });
});

describe('what the settings page says', () => {
  it.each([
    ['#2563eb', { darkened: false, darkWords: false, grey: false }],
    ['#22c55e', { darkWords: true }],
    ['#ffd43b', { darkWords: true, darkened: false }],
    ['#f2662c', { darkened: true, darkWords: false }],
    ['#777777', { grey: true }],
  ])('%s: %j', (hex, verdict) => expect(judge(rgb(hex))).toMatchObject(verdict));
});

it('the stylesheet uses the same numbers', () => {
  const css = readFileSync(new URL('../../theme/tokens.css', import.meta.url), 'utf8');
  expect(css).toContain(`(l - ${LIMITS.light}) * 1000`);
  expect(css).toContain('0.549 - 0.0185 * cos((h - 155) * 1deg)');
  expect(fillLimit(155)).toBeCloseTo(0.5305, 6);
  expect(css).toContain(`min(l, ${LIMITS.textOnLight})`);
  expect(css).toContain(`max(l, ${LIMITS.textOnDark})`);
  expect(css).toContain(`min(l, ${LIMITS.markOnLight})`);
  expect(css).toContain(`max(l, ${LIMITS.markOnDark})`);
});
