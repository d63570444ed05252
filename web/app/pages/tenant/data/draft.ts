/**
 * The dataset page's side of a dataset: what is being edited, what has to be sent, and how that comes together with what
 * somebody else saved meanwhile. Pure. Tested in `test/unit/dataset_draft.test.ts`.
 */
import type { Dataset, DatasetPut, NumberFormat, Role } from '../../../../wire/shapes';
import { sightOf } from './sight';
import { type Plain, t } from '../../../../words/words';

export interface DimensionDraft {
  name: string;
  label: string;
  description: string;
}
export interface MeasureDraft extends DimensionDraft {
  unit: string;
  format: NumberFormat;
}
export interface CalculatedDraft extends MeasureDraft {
  formula: string;
  /** Which of the list it is, whatever it is called meanwhile. */
  key: string;
  /** Nobody knows its name yet. */
  fresh: boolean;
}
/** A dimension that is looked up in a table. */
export interface LookupDraft extends DimensionDraft {
  by: string;
  table: string;
  column: string;
  /** Which of the list it is, whatever it is called meanwhile. */
  key: string;
  /** Nobody knows its name yet. */
  fresh: boolean;
}
export interface Draft {
  label: string;
  description: string;
  /** Empty: the workspace's. */
  time_zone: string;
  visible_to: Role;
  measures: MeasureDraft[];
  calculated: CalculatedDraft[];
  dimensions: DimensionDraft[];
  lookups: LookupDraft[];
}

/** As on the server. */
export const MOST_DESCRIPTION = 500;
export const MOST_CALCULATED = 32;
export const MOST_LOOKUPS = 12;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

export function draftOf(d: Dataset): Draft {
  const dimension = (one: { name: string; label: string; description?: string | null }): DimensionDraft => ({ name: one.name, label: one.label, description: one.description ?? '' });
  const measure = (one: Dataset['measures'][number] | NonNullable<Dataset['calculated']>[number]): MeasureDraft => ({ ...dimension(one), unit: one.unit ?? '', format: one.format });
  return {
    ...{ label: d.label, description: d.description ?? '', time_zone: d.time_zone ?? '', visible_to: sightOf(d) },
    measures: d.measures.map(measure),
    calculated: (d.calculated ?? []).map((one) => ({ ...measure(one), formula: one.formula, key: one.name, fresh: false })),
    dimensions: d.dimensions.filter((one) => !one.lookup).map(dimension),
    lookups: d.dimensions.flatMap((one) => (one.lookup ? [{ ...dimension(one), by: one.lookup.by, table: one.lookup.table, column: one.lookup.column, key: one.name, fresh: false }] : [])),
  };
}

/** What is sent. What was left empty is as the server makes it. */
export function putOf(draft: Draft): DatasetPut {
  const said = <Name extends string>(name: Name, text: string) => (text.trim() === '' ? {} : ({ [name]: text.trim() } as Record<Name, string>));
  const dimension = (one: DimensionDraft) => ({ name: one.name.trim(), ...said('label', one.label), ...said('description', one.description) });
  const measure = (one: MeasureDraft) => ({ ...dimension(one), format: one.format, ...said('unit', one.unit) });
  return {
    ...said('label', draft.label),
    ...said('description', draft.description),
    ...said('time_zone', draft.time_zone),
    visible_to: draft.visible_to,
    measures: [...draft.measures.map(measure), ...draft.calculated.map((one) => ({ ...measure(one), formula: one.formula.trim() }))],
    dimensions: [...draft.dimensions.map(dimension), ...draft.lookups.map((one) => ({ ...dimension(one), lookup: { by: one.by, table: one.table, column: one.column } }))],
  };
}

export const differs = (draft: Draft, from: Draft): boolean => JSON.stringify(putOf(draft)) !== JSON.stringify(putOf(from));

/** What the server would refuse and is better said at once: sentences by the place that the server would point at. */
export function check(draft: Draft): Record<string, string> {
  const found: Record<string, string> = {};
  if (draft.label.trim() === '') found['/label'] = t('A name has at least one character.');
  const taken = new Set([...draft.measures, ...draft.dimensions].map((m) => m.name));
  for (const [i, one] of draft.calculated.entries()) {
    const [at, name] = [`/measures/${draft.measures.length + i}`, one.name.trim()];
    if (!NAME.test(name)) found[`${at}/name`] = t('A name begins with a to z and has a to z, 0 to 9 and _.');
    else if (taken.has(name)) found[`${at}/name`] = t('There is something of this name already.');
    if (one.formula.trim() === '') found[`${at}/formula`] = t('What is it worked out by?');
    taken.add(name);
  }
  for (const [i, one] of draft.lookups.entries()) {
    const [at, name] = [`/dimensions/${draft.dimensions.length + i}`, one.name.trim()];
    if (!NAME.test(name)) found[`${at}/name`] = t('A name begins with a to z and has a to z, 0 to 9 and _.');
    else if (taken.has(name)) found[`${at}/name`] = t('There is something of this name already.');
    if (one.column === '') found[`${at}/lookup/column`] = t('Which column is it?');
    taken.add(name);
  }
  return found;
}

/** A list with one of it at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}

type List = 'measures' | 'calculated' | 'dimensions' | 'lookups';

/** Something that both changed, each in another way. */
export interface Both {
  list: List | null;
  name: string;
  /** Empty: there is nothing to take over. */
  field: string;
  /** What it is, in words, and what the other one says. */
  label: string;
  theirs: string;
  value: unknown;
}

const FIELDS = { label: 'name', description: 'description', time_zone: 'time zone', visible_to: 'who may see it', unit: 'unit', format: 'format', formula: 'formula', by: 'what it is looked up by', table: 'table', column: 'column' } as const satisfies Record<string, Plain>;
type Field = keyof typeof FIELDS;
const OF: Record<List, readonly Field[]> = {
  measures: ['label', 'unit', 'format', 'description'],
  calculated: ['label', 'formula', 'unit', 'format', 'description'],
  dimensions: ['label', 'description'],
  lookups: ['label', 'by', 'table', 'column', 'description'],
};

type Fields = Partial<Record<Field, unknown>>;
const same = (a: Fields, b: Fields, fields: readonly Field[]) => fields.every((f) => a[f] === b[f]);

/**
 * Brings together what was edited here and what somebody else saved. What one of the two left alone is as the other has
 * it; what both changed is as it is here, and said.
 */
export function merge(base: Draft, mine: Draft, theirs: Draft): { draft: Draft; both: Both[] } {
  const both: Both[] = [];
  const fields = <T extends Fields>(of: readonly Field[], was: Fields | undefined, here: T, there: Fields, list: List | null, name: string): T => {
    const next: Fields = { ...here };
    for (const field of of) {
      if (here[field] === there[field]) continue;
      if (was && here[field] === was[field]) next[field] = there[field];
      else if (!was || there[field] !== was[field]) both.push({ list, name, field, label: name ? `${name}, ${t(FIELDS[field])}` : t(FIELDS[field]), theirs: String(there[field] ?? ''), value: there[field] });
    }
    return next as T;
  };
  const items = <T extends Fields & { name: string }>(list: List, was: readonly T[], here: readonly T[], there: readonly T[]): T[] => {
    const of = (all: readonly T[], name: string) => all.find((one) => one.name === name);
    const kept = here.flatMap((one) => {
      const [before, other] = [of(was, one.name), of(there, one.name)];
      if (other) return [fields(OF[list], before, one, other, list, one.name)];
      return before && same(before, one, OF[list]) ? [] : [one];
    });
    const more = there.filter((one) => {
      const before = of(was, one.name);
      if (of(here, one.name) || (before && same(before, one, OF[list]))) return false;
      if (before) both.push({ list, name: one.name, field: '', label: t('{name} was removed here and changed there: it is back', { name: one.name }), theirs: '', value: null });
      return true;
    });
    const names = (all: readonly T[]) => all.map((one) => one.name).join(' ');
    const place = new Map(there.map((one, i) => [one.name, i]));
    // The order of whoever changed it; mine, where both did.
    const ordered = names(here) === names(was) ? kept.sort((a, b) => (place.get(a.name) ?? there.length) - (place.get(b.name) ?? there.length)) : kept;
    return [...ordered, ...more];
  };
  const draft = {
    ...fields(['label', 'description', 'time_zone', 'visible_to'], { ...base }, { ...mine }, { ...theirs }, null, ''),
    measures: items('measures', base.measures, mine.measures, theirs.measures),
    calculated: items('calculated', base.calculated, mine.calculated, theirs.calculated),
    dimensions: items('dimensions', base.dimensions, mine.dimensions, theirs.dimensions),
    lookups: items('lookups', base.lookups, mine.lookups, theirs.lookups),
  };
  return { draft, both };
}

/** The draft with what the other one says. */
export function taken(draft: Draft, { list, name, field, value }: Both): Draft {
  if (list === null) return { ...draft, [field]: value };
  const items: readonly { name: string }[] = draft[list];
  return { ...draft, [list]: items.map((one) => (one.name === name ? { ...one, [field]: value } : one)) };
}

/** A number that shows what a format does. */
export function example(format: NumberFormat): number {
  return { number: 1234.5, integer: 1234, percent: 0.1234, currency: 1234.5, duration: 83 }[format];
}
