import { expect, it } from 'vitest';
import { begin, change, redo, undo } from '$app/pages/tenant/editor/history';

it('goes back and forth, and a new change ends what was taken back', () => {
  const three = change(change(begin('a'), 'b'), 'c');
  const back = undo(undo(three));
  expect([back.now, redo(back).now, redo(redo(back)).now, redo(redo(redo(back))).now]).toEqual(['a', 'b', 'c', 'c']);
  expect(undo(back)).toEqual(back);
  const other = change(undo(three), 'd');
  expect([other.now, redo(other).now, undo(other).now]).toEqual(['d', 'd', 'b']);
});

it('typing in one field is one step', () => {
  const typed = ['Re', 'Rev', 'Revenue'].reduce((h, text) => change(h, text, 'w1 title'), begin('R'));
  expect(undo(typed).now).toBe('R');
  const two = change(typed, 'Revenue!', 'w2 title');
  expect(undo(two).now).toBe('Revenue');
  // After going back, the next letter is a step of its own.
  const again = change(redo(undo(two)), 'Revenue?', 'w2 title');
  expect(undo(again).now).toBe('Revenue!');
});

it('has a bound', () => {
  let history = begin(0);
  for (let i = 1; i <= 500; i += 1) history = change(history, i);
  expect(history.past.length).toBe(200);
});
