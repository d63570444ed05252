/**
 * Colour maths for brands: sRGB and OKLCH, luminance and the contrast of WCAG 2. The stylesheet derives every tone
 * of the accent by itself (`tokens.css`); this module says the same in numbers, for the settings page's warnings
 * and for canvas. What always holds: `LIMITS` are the numbers in `tokens.css` (`test/unit/contrast.test.ts` reads both).
 */
export interface Oklch {
  l: number;
  c: number;
  h: number;
}

/** Lightness limits of the accent's tones; see `tokens.css`. */
export const LIMITS = {
  /** From here on an accent is light: dark text stands on it and it is used as it is. */
  light: 0.72,
  /** Links and words in the accent: at most on light, at least on dark surfaces. */
  textOnLight: 0.48,
  textOnDark: 0.74,
  /** Lines and bars. */
  markOnLight: 0.62,
  markOnDark: 0.6,
} as const;

/** Darker accents are drawn at most this light, so that white text stands on them: greens less than reds. */
export const fillLimit = (hue: number): number => 0.549 - 0.0185 * Math.cos(((hue - 155) * Math.PI) / 180);

export type Rgb = readonly [number, number, number];

const HEX = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** `#2563eb` or `#26e` as three channels from 0 to 1; `null` when it is no colour. */
export function parseHex(text: string): Rgb | null {
  const digits = HEX.exec(text.trim())?.[1];
  if (!digits) return null;
  const six = digits.length === 3 ? [...digits].map((d) => d + d).join('') : digits;
  const channel = (i: number) => Number.parseInt(six.slice(i, i + 2), 16) / 255;
  return [channel(0), channel(2), channel(4)];
}

/** With `#`, six digits, lower case: the one spelling that is stored. */
export function normalHex(text: string): string | null {
  const rgb = parseHex(text);
  return rgb ? hex(rgb) : null;
}

const hex = (rgb: Rgb): string =>
  `#${rgb.map((v) => Math.round(Math.min(1, Math.max(0, v)) * 255).toString(16).padStart(2, '0')).join('')}`;

const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const gamma = (v: number) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

export function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((v) => linear(Math.min(1, Math.max(0, v)))) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Björn Ottosson's OKLab, https://bottosson.github.io/posts/oklab/ */
export function toOklch(rgb: Rgb): Oklch {
  const [r, g, b] = rgb.map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const L = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { l: L, c: Math.hypot(A, B), h: ((Math.atan2(B, A) * 180) / Math.PI + 360) % 360 };
}

/** Outside of sRGB the channels are cut off, as browsers do. */
export function fromOklch({ l, c, h }: Oklch): Rgb {
  const A = c * Math.cos((h * Math.PI) / 180);
  const B = c * Math.sin((h * Math.PI) / 180);
  const L = (l + 0.3963377774 * A + 0.2158037573 * B) ** 3;
  const M = (l - 0.1055613458 * A - 0.0638541728 * B) ** 3;
  const S = (l - 0.0894841775 * A - 1.291485548 * B) ** 3;
  const clamp = (v: number) => Math.min(1, Math.max(0, v));
  return [
    clamp(gamma(Math.max(0, 4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S))),
    clamp(gamma(Math.max(0, -1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S))),
    clamp(gamma(Math.max(0, -0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S))),
  ];
}

/** The tones that the stylesheet makes of an accent. */
export function tones(accent: Rgb): { fill: Rgb; onFill: Rgb; textOnLight: Rgb; textOnDark: Rgb } {
  const lch = toOklch(accent);
  const light = lch.l >= LIMITS.light;
  const at = (l: number) => fromOklch({ ...lch, l });
  return {
    fill: light ? accent : at(Math.min(lch.l, fillLimit(lch.h))),
    onFill: light ? fromOklch({ l: 0.15, c: 0, h: 0 }) : [1, 1, 1],
    textOnLight: at(Math.min(lch.l, LIMITS.textOnLight)),
    textOnDark: at(Math.max(lch.l, LIMITS.textOnDark)),
  };
}

export interface AccentVerdict {
  /** Contrast of the accent exactly as chosen, as text on white. */
  asChosen: number;
  /** Whether the stylesheet darkens the fills, and puts dark words on them. */
  darkened: boolean;
  darkWords: boolean;
  /** So little colour that buttons and charts would not stand out. */
  grey: boolean;
}

/** WCAG 2, level AA, for text. */
export const READABLE = 4.5;

export function judge(accent: Rgb): AccentVerdict {
  const lch = toOklch(accent);
  const darkWords = lch.l >= LIMITS.light;
  const asChosen = contrast(accent, [1, 1, 1]);
  return {
    asChosen,
    darkened: !darkWords && asChosen < READABLE,
    darkWords,
    grey: lch.c < 0.03,
  };
}
