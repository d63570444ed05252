/**
 * A small part of Markdown as a tree: headings, paragraphs, lists, quotes, code, rules; strong, emphasis, code and links.
 * What always holds: HTML is text like any other, and a link leads to a web page, a mail address or nowhere. Pure.
 * Tested in `test/unit/markdown.test.ts`.
 */
export type Inline =
  | { is: 'text'; text: string }
  | { is: 'code'; text: string }
  | { is: 'strong'; of: Inline[] }
  | { is: 'em'; of: Inline[] }
  | { is: 'link'; href: string; of: Inline[] };

export type Block =
  | { is: 'heading'; level: 1 | 2 | 3; of: Inline[] }
  | { is: 'paragraph' | 'quote'; of: Inline[] }
  | { is: 'list'; ordered: boolean; items: Inline[][] }
  | { is: 'code'; text: string }
  | { is: 'rule' };

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const BULLET = /^\s{0,3}[-*+]\s+(.*)$/;
const NUMBER = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/;
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const FENCE = /^\s{0,3}```/;
const QUOTE = /^\s{0,3}>\s?(.*)$/;

export function blocks(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const found: Block[] = [];
  let i = 0;
  /** The lines from here on that match, each without its mark. */
  const run = (mark: RegExp): string[] => {
    const taken: string[] = [];
    for (let hit = mark.exec(lines[i] ?? ''); i < lines.length && hit; hit = mark.exec(lines[i] ?? '')) {
      taken.push(hit[1] ?? '');
      i += 1;
    }
    return taken;
  };
  while (i < lines.length) {
    const line = lines[i] ?? '';
    const heading = HEADING.exec(line);
    if (line.trim() === '') i += 1;
    else if (FENCE.test(line)) {
      const end = lines.findIndex((l, j) => j > i && FENCE.test(l));
      const last = end < 0 ? lines.length : end;
      found.push({ is: 'code', text: lines.slice(i + 1, last).join('\n') });
      i = last + 1;
    } else if (heading) {
      found.push({ is: 'heading', level: Math.min(3, heading[1]?.length ?? 1) as 1 | 2 | 3, of: inlines(heading[2] ?? '') });
      i += 1;
    } else if (RULE.test(line)) {
      found.push({ is: 'rule' });
      i += 1;
    } else if (BULLET.test(line)) found.push({ is: 'list', ordered: false, items: run(BULLET).map((item) => inlines(item)) });
    else if (NUMBER.test(line)) found.push({ is: 'list', ordered: true, items: run(NUMBER).map((item) => inlines(item)) });
    else if (QUOTE.test(line)) found.push({ is: 'quote', of: inlines(run(QUOTE).join(' ')) });
    else {
      const taken: string[] = [];
      while (i < lines.length && (lines[i] ?? '').trim() !== '' && (taken.length === 0 || !begins(lines[i] ?? ''))) {
        taken.push((lines[i] ?? '').trim());
        i += 1;
      }
      found.push({ is: 'paragraph', of: inlines(taken.join(' ')) });
    }
  }
  return found;
}

const begins = (line: string) => [HEADING, BULLET, NUMBER, RULE, FENCE, QUOTE].some((mark) => mark.test(line));

/** One of these, wherever it comes first. Nothing in them can be matched in two ways: the time is in proportion to the text. */
const MARK = /\\([\\`*_[\]()#>!-])|`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|(?<![\p{L}\p{N}])_([^_\s][^_]*)_(?![\p{L}\p{N}])|\[([^[\]]+)\]\(([^()\s]+)\)/gu;

export function inlines(text: string): Inline[] {
  const found: Inline[] = [];
  const plain = (part: string) => {
    if (part === '') return;
    const last = found[found.length - 1];
    if (last?.is === 'text') last.text += part;
    else found.push({ is: 'text', text: part });
  };
  let from = 0;
  for (const hit of text.matchAll(MARK)) {
    plain(text.slice(from, hit.index));
    from = hit.index + hit[0].length;
    const [whole, escaped, code, strong, star, underscore, label, href] = hit;
    const em = star ?? underscore;
    if (escaped !== undefined) plain(escaped);
    else if (code !== undefined) found.push({ is: 'code', text: code });
    else if (strong !== undefined) found.push({ is: 'strong', of: inlines(strong) });
    else if (em !== undefined) found.push({ is: 'em', of: inlines(em) });
    else if (label !== undefined && href !== undefined && safe(href)) found.push({ is: 'link', href, of: inlines(label) });
    else plain(whole);
  }
  plain(text.slice(from));
  return found;
}

/** Only what a person can follow without harm: nothing that runs, and nothing of this site that the text could press. */
export const safe = (href: string): boolean => /^(https?:\/\/|mailto:)[^\s\\]+$/i.test(href);
