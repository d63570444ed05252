import { describe, expect, it } from 'vitest';
import { blocks, inlines, safe } from '../../widgets/markdown/markdown';

describe('a text', () => {
  it('has headings, paragraphs, lists, quotes, code and rules', () => {
    const found = blocks('# One\n#### Four\ntext\nmore\n- a\n- b\n\n1. x\n2) y\n> said\n> more\n\n---\n```js\na < b\n```\nend');
    expect(found.map((b) => b.is)).toEqual(['heading', 'heading', 'paragraph', 'list', 'list', 'quote', 'rule', 'code', 'paragraph']);
    expect(found[1]).toMatchObject({ level: 3 });
    expect(found[2]).toEqual({ is: 'paragraph', of: [{ is: 'text', text: 'text more' }] });
    expect(found[4]).toMatchObject({ ordered: true, items: [[{ text: 'x' }], [{ text: 'y' }]] });
    expect(found[7]).toEqual({ is: 'code', text: 'a < b' });
  });
  it('has emphasis inside of words’ borders, and escapes', () => {
    expect(inlines('a **b _c_** d')[1]).toMatchObject({ is: 'strong', of: [{ text: 'b ' }, { is: 'em' }] });
    expect(inlines('snake_case_name and 2 * 3 * 4')).toEqual([{ is: 'text', text: 'snake_case_name and 2 * 3 * 4' }]);
    expect(inlines('\\*not\\* `x*y*`')).toEqual([{ is: 'text', text: '*not* ' }, { is: 'code', text: 'x*y*' }]);
  });
  it('HTML is text', () => expect(inlines('<img src=x onerror=alert(1)>')).toEqual([{ is: 'text', text: '<img src=x onerror=alert(1)>' }]));
  it('links lead to web pages and mail addresses only', () => {
    expect(inlines('[a](https://example.com/x)')).toEqual([{ is: 'link', href: 'https://example.com/x', of: [{ is: 'text', text: 'a' }] }]);
    for (const href of ['javascript:alert(1)', 'JAVASCRIPT:x', 'data:text/html,x', '//evil.example', '/sign-out', 'vbscript:x', 'https:\\\\evil']) {
      expect(safe(href), href).toBe(false);
      expect(inlines(`[a](${href})`).every((p) => p.is !== 'link'), href).toBe(true);
    }
  });
  it('any text is read in time', () => {
    for (const evil of ['*'.repeat(10_000), '['.repeat(10_000), '_a'.repeat(5_000), '`'.repeat(9_999), '> '.repeat(5_000), '# '.repeat(5_000), '- - '.repeat(2_500)]) {
      const before = performance.now();
      blocks(evil);
      expect(performance.now() - before, evil.slice(0, 8)).toBeLessThan(500);
    }
  });
});
