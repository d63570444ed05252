/** The API of tables, for the pages that need it. */
import { TENANT_API as at } from '../paths';
import { invalidate } from './resource.svelte';
import { client, read } from './tenant';
import type { Page, Table, TableChanged, TableInput, TableRow } from '../../wire/shapes';

/** Rows that a page shows of a table. */
const SHOWN = { limit: 50 };

export const tableReads = {
  tables: () => read<Page<Table>>(at.tables()),
  table: (id: string) => read<Table>(at.table(id)),
  rows: (id: string) => read<Page<TableRow>>(at.tableRows(id), SHOWN),
};

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

export async function deleteTable(id: string): Promise<void> {
  await client.delete(at.table(id));
  await invalidate(at.tables());
}
