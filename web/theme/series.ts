/**
 * The colours of a chart's series: the accent first, then eight hues that remain apart for colour-blind eyes (they
 * differ in lightness as well). A hue close to the accent comes last. Tested in `test/unit/series.test.ts`.
 */
export interface SeriesHue {
  /** A CSS colour with a light and a dark value. */
  color: string;
  hue: number;
}

const HUES: readonly SeriesHue[] = [
  { hue: 55, color: 'light-dark(oklch(0.62 0.14 55), oklch(0.76 0.13 60))' },
  { hue: 185, color: 'light-dark(oklch(0.56 0.095 185), oklch(0.76 0.1 185))' },
  { hue: 350, color: 'light-dark(oklch(0.54 0.19 350), oklch(0.7 0.17 350))' },
  { hue: 255, color: 'light-dark(oklch(0.52 0.15 255), oklch(0.68 0.14 255))' },
  { hue: 100, color: 'light-dark(oklch(0.61 0.12 100), oklch(0.84 0.13 100))' },
  { hue: 300, color: 'light-dark(oklch(0.46 0.17 300), oklch(0.66 0.16 300))' },
  { hue: 145, color: 'light-dark(oklch(0.44 0.1 145), oklch(0.66 0.13 145))' },
  { hue: 25, color: 'light-dark(oklch(0.42 0.12 25), oklch(0.62 0.15 25))' },
];

const CLOSE = 28;

export function seriesColors(accentHue: number | null): string[] {
  const near = (hue: number) =>
    accentHue !== null && Math.min(Math.abs(hue - accentHue), 360 - Math.abs(hue - accentHue)) < CLOSE;
  const apart = HUES.filter((h) => !near(h.hue));
  const close = HUES.filter((h) => near(h.hue));
  return ['var(--accent-mark)', ...[...apart, ...close].map((h) => h.color)];
}

/** The hue of a computed `oklch(l c h)`; `null` for a grey or another notation. */
export function hueOf(color: string): number | null {
  const parts = /^oklch\(\s*[\d.e-]+%?\s+([\d.e-]+)\s+([\d.e-]+)/.exec(color);
  if (!parts || Number(parts[1]) < 0.03) return null;
  return Number(parts[2]);
}
