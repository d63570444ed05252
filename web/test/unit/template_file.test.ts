import { describe, expect, it } from 'vitest';
import { fileName, readFile, writeFile } from '$app/forms/template_file';
import { audience, targetOf, typedAudience } from '$app/words/audience';
import type { DashboardConfig, TemplateTarget } from '../../wire/shapes';

const config = (...ids: string[]): DashboardConfig => ({
  range: { last: '30d' },
  widgets: ids.map((id) => ({ id, title: id, kind: 'markdown', options: { text: id } })),
  layout: ids.map((id, i) => ({ widget: id, x: 0, y: i, w: 12, h: 1 })),
});

describe('a dashboard as a file', () => {
  it('is read as it was written, and its order is one', () => {
    const text = writeFile({ name: 'Flights', description: null, config: config('b', 'a') });
    const read = readFile(text);
    expect(read).toMatchObject({ name: 'Flights', description: null });
    if ('wrong' in read) throw new Error(read.wrong);
    expect(read.config.widgets.map((w) => w.id)).toEqual(['a', 'b']);
    expect(writeFile(read)).toBe(text);
    expect(readFile(JSON.stringify({ $schema: '…', name: 'F', description: 'D', config: config() }))).toMatchObject({ name: 'F', description: 'D' });
  });
  it('that is none is told so', () => {
    for (const text of ['{', '[]', 'null', '{"name": "F"}', '{"name": 1, "config": {"widgets": [], "layout": []}}', '{"name": "F", "config": {"widgets": {}}}']) {
      const read = readFile(text);
      expect('wrong' in read ? read.wrong : '', text).toMatch(/^This is not (JSON|a dashboard): .+\.$/);
    }
  });
  it('has a name on a disk', () => {
    expect([fileName('On-time & late: Zürich'), fileName('–')]).toEqual(['on-time-late-zürich.json', 'dashboard.json']);
  });
});

describe('whom a template is meant for', () => {
  it('is said in three ways', () => {
    const some: TemplateTarget = { to: 'tenants', tenants: ['acme', 'globex'] };
    expect([audience({ to: 'all' }), audience({ to: 'plan', plan: 'growth' }), audience(some)]).toEqual(['All tenants', 'Tenants of plan Growth', 'acme and globex']);
    expect(audience(some, false)).toBe('2\u00a0tenants');
    expect(audience({ to: 'tenants', tenants: ['a', 'b', 'c', 'd'] })).toBe('4\u00a0tenants');
  });
  it('is typed as it is read', () => {
    for (const target of [{ to: 'all' }, { to: 'plan', plan: 'free' }, { to: 'tenants', tenants: ['acme', 'globex'] }] satisfies TemplateTarget[]) {
      expect(targetOf(typedAudience(target))).toEqual(target);
    }
    expect(typedAudience(null).to).toBe('all');
    expect(targetOf({ to: 'tenants', plan: 'free', tenants: ' acme,\n globex ; acme ' })).toEqual({ to: 'tenants', tenants: ['acme', 'globex'] });
    expect(targetOf({ to: 'tenants', plan: 'free', tenants: ' , ' })).toBeNull();
  });
});
