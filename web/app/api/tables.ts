/** The API of tables, for the pages that need it. */
import { TENANT_API as at } from '../paths';
import { invalidate } from './resource.svelte';
import { client, read } from './tenant';
import type { Page, Table, TableChanged, TableInput, TableRow } from '../../wire/shapes';

/** Rows that a page shows of a table, and those of one request of many. */
export const ROWS_SHOWN = 50;
const MANY = 200;

export const tableReads = {
  tables: () => read<Page<Table>>(at.tables()),
  table: (id: string) => read<Table>(at.table(id)),
  rows: (id: string, cursor: string | null) => read<Page<TableRow>>(at.tableRows(id), { limit: ROWS_SHOWN, cursor }),
};

/** A long page of rows, for those who want all of them. */
export const manyRows = (id: string, cursor: string | null): Promise<Page<TableRow>> => client.get(at.tableRows(id), { limit: MANY, cursor });

export async function createTable(input: TableInput): Promise<Table> {
  const made = await client.post<Table>(at.tables(), { body: input });
  await invalidate(at.tables());
  return made;
}

/** Puts the rows of a CSV file in the place of all that a table has: all of them, or none. */
export async function replaceRows(id: string, file: File): Promise<TableChanged> {
  // What a browser takes a file for depends on what else is installed.
  const csv = new File([file], file.name, { type: 'text/csv' });
  const done = await client.put<TableChanged>(at.tableRows(id), { file: csv });
  await invalidate(at.tables(), at.datasets(), at.dashboards());
  return done;
}

/** Puts some rows in, each as a whole in the place of the one with its key, and removes some: all of that, or nothing. */
export async function changeRows(id: string, changes: { rows?: TableRow[]; delete?: string[] }): Promise<TableChanged> {
  const done = await client.post<TableChanged>(at.tableRows(id), { body: changes });
  await invalidate(at.tables(), at.datasets(), at.dashboards());
  return done;
}

export async function deleteTable(id: string): Promise<void> {
  await client.delete(at.table(id));
  await invalidate(at.tables());
}
