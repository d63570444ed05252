/** Puts something in the top layer beside its button, inside the window whatever happens. */
const GAP = 4;
const EDGE = 8;

export function placeBelow(layer: HTMLElement, button: HTMLElement, align: 'start' | 'end', above = false): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = layer;
  const room = { below: innerHeight - at.bottom, above: at.top };
  const up = above ? room.above > height + GAP : room.below < height + GAP + EDGE && room.above > room.below;
  const left = align === 'start' ? at.left : at.right - width;
  const top = up ? at.top - height - GAP : at.bottom + GAP;
  layer.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  layer.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
}
