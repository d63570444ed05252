import { expect, it } from 'vitest';
import { hueOf, seriesColors } from '../../theme/series';

it('the accent comes first, and nine colours are apart', () => {
  const colors = seriesColors(255);
  expect(colors[0]).toBe('var(--accent-mark)');
  expect(new Set(colors).size).toBe(9);
});
it('a hue close to the accent comes last, around the circle too', () => {
  expect(seriesColors(50).at(-1)).toContain(' 25)');
  expect(seriesColors(50).slice(1, 3).join()).not.toContain(' 55)');
  expect(seriesColors(5).slice(-2).join()).toContain(' 350)');
});
it('reads the hue of a computed colour', () => {
  expect(hueOf('oklch(0.55 0.17 33.5)')).toBe(33.5);
  expect(hueOf('oklch(0.55 0.001 33.5)')).toBeNull();
  expect(hueOf('rgb(1, 2, 3)')).toBeNull();
});
