import { describe, expect, it } from 'vitest';
import { pointed } from '$app/forms/formula';

describe('the caret points at the character', () => {
  /** The line, and what stands above the caret. */
  const under = (text: string, at: number) => {
    const { line, pad } = pointed(text, at);
    return [line, [...line][[...pad].length] ?? ''];
  };
  it.each<[string, string, number, string, string]>([
    ['at the beginning', 'revenu / 2', 0, 'revenu / 2', 'r'],
    ['in the middle', 'sum(revenu)', 4, 'sum(revenu)', 'r'],
    ['behind the end', 'sum(', 4, 'sum(', ''],
    ['in a later line', 'sum(a)\n  / b', 11, '  / b', 'b'],
    ['at the end of a line', 'a +\nb', 3, 'a +', ''],
    ['at the beginning of a line', 'a +\nb', 4, 'b', 'b'],
    ['in an empty line', 'a\n\nb', 2, '', ''],
    ['behind signs that are two units each', "concat('🙂🙂', x)", 13, "concat('🙂🙂', x)", 'x'],
    ['far beyond', 'a', 99, 'a', ''],
    ['before the beginning', 'a', -3, 'a', 'a'],
    ['in nothing', '', 0, '', ''],
  ])('%s', (_name, text, at, line, above) => expect(under(text, at)).toEqual([line, above]));
  it('of a long line the part around it is shown', () => {
    const text = `${'abcdefghij'.repeat(6)}X${'klmnopqrst'.repeat(6)}`;
    const [line, above] = under(text, 60);
    expect(above).toBe('X');
    expect(line).toMatch(/^….*X.*…$/);
    expect([...(line ?? '')].length).toBe(34);
    expect(under(text, 0)).toEqual([`${text.slice(0, 32)}…`, 'a']);
    expect(under(text, text.length)).toEqual([`…${text.slice(-32)}`, '']);
  });
  it('a wide sign is as wide above it', () => {
    expect(pointed("'売上' x", 5).pad).toBe(' \u3000\u3000  ');
    expect(pointed('a\tb', 2)).toEqual({ line: 'a b', pad: '  ' });
  });
});
