import { describe, expect, it } from 'vitest';
import { COLUMNS, firstFree, inside, move, overlap, pushed, readingOrder, remove, resize, rows, settle, spot } from '$app/pages/tenant/editor/layout';
import type { Place } from '../../wire/shapes';

const at = (widget: string, x: number, y: number, w: number, h: number): Place => ({ widget, x, y, w, h });
const three = [at('a', 0, 0, 6, 2), at('b', 6, 0, 6, 2), at('c', 0, 2, 12, 4)];
const of = (layout: readonly Place[], widget: string) => layout.find((p) => p.widget === widget);

function valid(layout: readonly Place[]): void {
  const outside = layout.filter((p) => p.x < 0 || p.y < 0 || p.w < 1 || p.h < 1 || p.x + p.w > COLUMNS);
  const upon = layout.flatMap((p, i) => layout.slice(0, i).filter((other) => overlap(p, other)).map((other) => [p, other]));
  expect({ outside, upon }).toEqual({ outside: [], upon: [] });
}

describe('moving', () => {
  it('puts a widget where it is put, and pushes down what is there', () => {
    const to = move(three, 'a', 6, 0);
    expect(of(to, 'a')).toEqual(at('a', 6, 0, 6, 2));
    expect(of(to, 'b')).toEqual(at('b', 6, 2, 6, 2));
    expect(of(to, 'c')).toEqual(at('c', 0, 4, 12, 4));
    valid(to);
    expect(pushed(three, to, 'a')).toBe(2);
  });
  it('leaves alone what is not in the way, and the order of the list', () => {
    const to = move(three, 'b', 6, 10);
    expect(of(to, 'a')).toEqual(three[0]);
    expect(of(to, 'c')).toEqual(three[2]);
    expect(to.map((p) => p.widget)).toEqual(['a', 'b', 'c']);
  });
  it('stays inside the grid', () => {
    expect(of(move(three, 'a', -3, -1), 'a')).toEqual(at('a', 0, 0, 6, 2));
    expect(of(move(three, 'a', 11, 0), 'a')).toEqual(at('a', 6, 0, 6, 2));
    expect(of(move(three, 'a', 0, 5000), 'a')?.y).toBe(998);
  });
  it('of something that is not there changes nothing', () => {
    expect(move(three, 'nobody', 1, 1)).toEqual(three);
  });
});

describe('resizing', () => {
  it('keeps the corner and pushes what is below', () => {
    const to = resize(three, 'a', 8, 3);
    expect(of(to, 'a')).toEqual(at('a', 0, 0, 8, 3));
    expect(of(to, 'b')?.y).toBe(3);
    valid(to);
  });
  it('is never smaller than one and never wider than the grid', () => {
    expect(of(resize(three, 'b', 40, -2), 'b')).toEqual(at('b', 6, 0, 6, 1));
  });
});

it('a new widget gets the first free place', () => {
  expect(firstFree(three, 'n', 3, 2)).toEqual(at('n', 0, 6, 3, 2));
  expect(firstFree(remove(three, 'b'), 'n', 3, 2)).toEqual(at('n', 6, 0, 3, 2));
  expect(firstFree([], 'n', 3, 2)).toEqual(at('n', 0, 0, 3, 2));
  expect(firstFree(three, 'n', 99, 2).w).toBe(12);
  expect(rows(three)).toBe(6);
});

it('says where something is and what comes first', () => {
  expect(spot(at('a', 0, 2, 6, 4))).toBe('column 1, row 3, 6 wide, 4 high');
  expect(readingOrder([at('c', 0, 2, 1, 1), at('b', 6, 0, 1, 1), at('a', 0, 0, 1, 1)]).map((p) => p.widget)).toEqual(['a', 'b', 'c']);
  expect(inside(at('a', 20, -4, 30, 0))).toEqual(at('a', 0, 0, 12, 1));
});

/** A small generator, so that a failure can be repeated. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

it('whatever is done in whatever order: nothing overlaps, and what was moved is where it was put', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const roll = dice(seed);
    let layout: Place[] = [];
    for (let step = 0; step < 60; step += 1) {
      const id = `w${roll(10)}`;
      const known = layout.some((p) => p.widget === id);
      if (!known) layout = [...layout, firstFree(layout, id, 1 + roll(12), 1 + roll(5))];
      else if (roll(2)) {
        const [x, y] = [roll(14) - 1, roll(20) - 1];
        const was = of(layout, id) as Place;
        layout = move(layout, id, x, y);
        expect(of(layout, id)).toEqual(inside({ ...was, x, y }));
      } else layout = resize(layout, id, roll(14), roll(8));
      valid(layout);
    }
    const fixed = at('new', roll(12), roll(8), 1 + roll(6), 1 + roll(4));
    const settled = settle(layout, fixed);
    valid(settled);
    expect(settled.length).toBe(layout.length + 1);
  }
});
