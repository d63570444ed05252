import { describe, expect, it } from 'vitest';
import { type Command, filterCommands, score } from '../../ui/palette/filter';

const command = (label: string, more: Partial<Command> = {}): Command => ({ id: label, label, group: 'G', icon: 'right', run: () => {}, ...more });
const all = [
  command('Tenants'),
  command('Settings'),
  command('Provision a tenant', { words: 'new create add' }),
  command('Acme Air', { hint: 'acme · pooled' }),
  command('Globex'),
  command('Café Zürich'),
];
const found = (typed: string) => filterCommands(all, typed).map((c) => c.label);

describe('the palette', () => {
  it('shows everything, in order, while nothing is typed', () => expect(found('')).toEqual(all.map((c) => c.label)));
  it('prefers the beginning of a label', () => expect(found('ten')[0]).toBe('Tenants'));
  it('finds the beginning of a later word', () => expect(found('air')).toContain('Acme Air'));
  it('finds by other words, after those found by name', () => {
    expect(found('create')).toEqual(['Provision a tenant']);
    expect(found('acme')[0]).toBe('Acme Air');
  });
  it('finds initials, in any case, without accents', () => {
    expect(found('AA')).toContain('Acme Air');
    expect(found('cafe zurich')).toEqual(['Café Zürich']);
  });
  it('words in any order', () => expect(found('tenant prov')).toContain('Provision a tenant'));
  it('does not find letters scattered about', () => {
    expect(found('xyz')).toEqual([]);
    expect(score('Settings of the place', 'sfp')).not.toBeNull();
    expect(score('an accidental long text', 'nxt')).toBeNull();
  });
  it('gives at most as many as asked for', () => expect(filterCommands(all, '', 2)).toHaveLength(2));
});
