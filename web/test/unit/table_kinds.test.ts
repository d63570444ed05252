import { expect, it } from 'vitest';
import { fields, whole } from '$app/pages/tenant/table/csv';
import { freeName, proposed } from '$app/pages/tenant/table/kinds';

const CSV = 'Id,Plan,Started On,MRR,Zip,Ended,Note\na,Pro,2026-01-31,120.5,08001,2026-02-01,"1, 2"\nb,,2026-02-01 17:00,-3,8002,,5\n';

it('what looks like numbers and times is proposed as such', () => {
  expect(proposed(CSV, 'Id')).toEqual({ Plan: 'text', 'Started On': 'time', MRR: 'number', Zip: 'text', Ended: 'text', Note: 'text' });
  // One time at most, and the key is a text whatever it looks like.
  expect(proposed('a;b;c\n2026-01-01;2026-01-01T10:00:00Z;1\n', 'c')).toEqual({ a: 'time', b: 'text' });
  expect(proposed('a,b\n', 'a')).toEqual({ b: 'text' });
  const many = Array.from({ length: 10 }, (_, i) => `n${i}`);
  const kinds = proposed(`key,${many.join()}\nk,${many.map(() => '1').join()}\n`, 'key');
  expect(Object.values(kinds).filter((kind) => kind === 'number')).toHaveLength(8);
});

it('lines are read with their quotes, and a line that was cut off is not', () => {
  expect(fields('a,b\r\n"x, ""y""\nz",2\r\n\r\n3,4')).toEqual([['a', 'b'], ['x, y\nz', '2'], ['3', '4']]);
  expect(whole('a,b\n1,2\n3,4', false)).toBe('a,b\n1,2\n');
  expect(whole('a,b\n1,2\n3,4', true)).toBe('a,b\n1,2\n3,4');
  expect(whole('a,b', false)).toBe('a,b');
});

it('a dataset takes a name that is free', () => {
  expect(freeName('subs', ['orders'])).toBe('subs');
  expect(freeName('subs', ['subs', 'subs_2'])).toBe('subs_3');
  expect(freeName('x'.repeat(40), ['x'.repeat(40)])).toBe(`${'x'.repeat(38)}_2`);
});
