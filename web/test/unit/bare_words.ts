/**
 * Finds what a file says to people: the texts that it hands to `t` and `plural`, and those that it shows as they stand.
 * What is between tags, in labels and titles, or worked out there is shown for certain; elsewhere what reads like prose
 * is. Names of keys, of types and of what is compared are not, and errors that are thrown have other readers.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Wording {
  /** Every text that stands there, whatever it is for. */
  literals: Set<string>;
  /** What is handed over to be said, by its key. */
  said: Set<string>;
  bare: string[];
  /** Files that come with it, from the top of this tree. */
  imports: string[];
  /** Those that bring more words along when they come (`working` of `app/language.ts`). */
  working: string[];
}

interface Node {
  type: string;
  [key: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const LETTERS = /\p{L}{2}/u;
const PROSE = [/\p{L}{2}[,;:.…]? \p{L}/u, /^\p{Lu}\p{Ll}{2,}[.!?…]?$/u, /\p{Ll}{2}[.!?…]$/u];
/** Not for people: markup of files, formulas of colours. */
const MACHINE = /^(<|\S*"\/?>|\S+="|[^<]*<\/|color-mix\()/;
const SHOWN = new Set(['aria-label', 'aria-roledescription', 'aria-description', 'aria-placeholder', 'aria-valuetext', 'alt', 'title', 'placeholder', 'label', 'text', 'detail', 'help', 'empty', 'caption', 'legend', 'action', 'note', 'none']);
const KEPT_OF_TS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSParameterProperty']);
/** Where texts are compared, not shown. */
const COMPARED = new Set(['==', '===', '!=', '!==', 'in', 'instanceof']);

/** `strict`: whatever is written here, people see it. */
type Mode = 'strict' | 'lenient';

export function wording(source: string, file: string): Wording {
  // The end of a script that a module writes into a text would end this one.
  const code = file.endsWith('.svelte') ? source : `<script lang="ts">${source.replaceAll('</script', '<\\/script')}</script>`;
  const ast = parse(code, { modern: true }) as unknown as { instance: Node | null; module: Node | null; fragment: Node };
  const found: Wording = { literals: new Set(), said: new Set(), bare: [], imports: [], working: [] };

  function text(value: string, mode: Mode) {
    found.literals.add(value);
    const words = value.trim();
    if (mode === 'strict' ? LETTERS.test(words) : PROSE.some((p) => p.test(words)) && !MACHINE.test(words)) found.bare.push(words);
  }
  function children(node: Node, mode: Mode, without: readonly string[] = []) {
    for (const [key, value] of Object.entries(node)) {
      if (without.includes(key) || key === 'metadata' || key === 'loc') continue;
      for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) walk(one, mode);
    }
  }
  /** What is handed over: a text, or a choice between some. */
  function say(node: unknown): void {
    if (!isNode(node)) return;
    if (node.type === 'Literal' && typeof node.value === 'string') {
      found.said.add(node.value);
      found.literals.add(node.value);
    } else if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(say);
    else if (node.type === 'LogicalExpression') [node.left, node.right].forEach(say);
    else walk(node, 'lenient');
  }
  function call(node: Node) {
    const callee = node.callee as Node;
    const given = node.arguments as Node[];
    const name = callee.type === 'Identifier' ? callee.name : null;
    walk(callee, 'lenient');
    if (name === 'working') {
      const before = found.imports;
      found.imports = found.working;
      given.forEach((one) => walk(one, 'lenient'));
      found.imports = before;
      return;
    }
    for (const [i, one] of given.entries()) {
      if (name === 't' && i === 0) say(one);
      else if (name === 'plural' && i === 2) say(one);
      // What English says of one thing has no key.
      else if (!(name === 'plural' && i === 1)) walk(one, 'lenient');
    }
  }
  function attribute(node: Node) {
    const shown = SHOWN.has(String(node.name));
    const parts = Array.isArray(node.value) ? node.value : [node.value];
    for (const part of parts.filter(isNode)) {
      if (part.type === 'Text') {
        if (shown) text(String(part.data), 'strict');
      } else if (shown) walk(part, 'strict');
      else children(part, 'lenient');
    }
  }
  function walk(node: Node, mode: Mode): void {
    const { type } = node;
    if (type.startsWith('TS') && !KEPT_OF_TS.has(type)) return;
    switch (type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        if (node.importKind !== 'type') brought(node.source);
        return;
      case 'ImportExpression':
        return brought(node.source);
      case 'ExportNamedDeclaration':
        if (node.source && node.exportKind !== 'type') brought(node.source);
        return children(node, 'lenient', ['source', 'specifiers']);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
        return walk(node.expression as Node, mode);
      case 'Literal':
        if (typeof node.value === 'string') text(node.value, mode);
        return;
      case 'TemplateElement':
        return text((node.value as { cooked?: string }).cooked ?? '', mode);
      case 'Text':
        return text(String(node.data), 'strict');
      case 'ExpressionTag':
        return children(node, 'strict');
      case 'StyleDirective':
        return;
      case 'CallExpression':
        return call(node);
      case 'NewExpression':
        if (/Error$/.test(String((node.callee as Node).name))) return;
        return children(node, 'lenient', ['callee']);
      case 'BinaryExpression':
        if (COMPARED.has(String(node.operator))) return;
        return children(node, mode);
      case 'SwitchCase':
        return children(node, mode, ['test']);
      case 'MemberExpression':
        return children(node, 'lenient', ['property']);
      case 'Property':
      case 'PropertyDefinition':
        return children(node, 'lenient', node.computed ? [] : ['key']);
      case 'Attribute':
        return attribute(node);
      case 'IfBlock':
      case 'KeyBlock':
      case 'EachBlock':
      case 'AwaitBlock':
      case 'RenderTag':
      case 'ConstTag':
      case 'ClassDirective':
        return children(node, 'lenient');
      case 'ConditionalExpression':
        if (isNode(node.test)) walk(node.test, 'lenient');
        return children(node, mode, ['test']);
      default:
        return children(node, mode);
    }
  }
  function brought(source: unknown) {
    const spec = isNode(source) && typeof source.value === 'string' ? source.value : '';
    if (spec.startsWith('.')) found.imports.push(relative(ROOT, normalize(join(dirname(join(ROOT, file)), spec))));
  }
  for (const part of [ast.module, ast.instance]) if (part) children(part, 'lenient', ['attributes']);
  children(ast.fragment, 'lenient');
  return found;
}

const CODE = ['', '.ts', '.svelte', '/index.ts'];

function file(path: string): { path: string; source: string } | null {
  for (const end of CODE) {
    try {
      return { path: path + end, source: readFileSync(join(ROOT, path + end), 'utf8') };
    } catch {
      // Another ending, then.
    }
  }
  return null;
}

/** All that an entry brings along, at once or later, but for what is left out; `working`: with what has words of its own. */
export function reach(entry: string, without: readonly string[], working = false): Map<string, Wording> {
  const found = new Map<string, Wording>();
  const open = [entry];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const one = file(next);
    if (!one || found.has(one.path) || without.some((part) => one.path.startsWith(part)) || !/\.(ts|svelte)$/.test(one.path)) continue;
    const says = wording(one.source, one.path);
    found.set(one.path, says);
    open.push(...says.imports, ...(working ? says.working : []));
  }
  return found;
}
