/** The colours of series, next to this page's accent: attach `read` to the widget's own element. */
import { hueOf, seriesColors } from '../theme/series';

export function hues() {
  let accent = $state<number | null>(null);
  const colors = $derived(seriesColors(accent));
  return {
    get colors() {
      return colors;
    },
    /** A colour is only known as a number where the browser has resolved it. */
    read(node: HTMLElement) {
      const probe = document.createElement('i');
      probe.style.color = 'var(--accent-mark)';
      node.append(probe);
      accent = hueOf(getComputedStyle(probe).color);
      probe.remove();
    },
  };
}
