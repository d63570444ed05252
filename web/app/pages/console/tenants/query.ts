/**
 * The tenants table's question, kept in the address. Pure. Tested in `test/unit/tenants_query.test.ts`.
 */
import type { TenantQuery } from '../../../api/console';

export const ROWS = 50;
export const SORTS = ['created_at', 'slug', 'name', 'status'] as const;
export type Sort = (typeof SORTS)[number];

const DEFAULT_SORT: Sort = 'created_at';

export function tenantQuery(query: URLSearchParams): TenantQuery {
  const { key, descending } = sortOf(query);
  const text = (name: string) => query.get(name)?.trim() || undefined;
  return {
    q: text('q'),
    status: text('status'),
    tier: text('tier'),
    plan: text('plan'),
    sort: key,
    order: descending ? 'desc' : 'asc',
    cursor: text('cursor'),
    limit: ROWS,
  };
}

export function sortOf(query: URLSearchParams): { key: Sort; descending: boolean } {
  const asked = query.get('sort') as Sort;
  const key = SORTS.includes(asked) ? asked : DEFAULT_SORT;
  const order = query.get('order');
  return { key, descending: order ? order === 'desc' : naturally(key) };
}

/** Times begin with the newest, words with A. */
const naturally = (key: Sort): boolean => key === 'created_at';

/** What the address becomes when a column's heading is pressed. */
export function pressSort(query: URLSearchParams, key: string): Record<string, string | null> {
  const now = sortOf(query);
  const descending = now.key === key ? !now.descending : naturally(key as Sort);
  const plain = key === DEFAULT_SORT && descending;
  return { sort: plain ? null : key, order: plain ? null : descending ? 'desc' : 'asc', ...FIRST_PAGE };
}

/** Whatever narrows or orders the list begins again on its first page. */
export const FIRST_PAGE = { cursor: null, page: null };

export const filtered = (query: URLSearchParams): boolean => ['q', 'status', 'tier', 'plan'].some((name) => !!query.get(name));

/** The page's number in the address; a cursor alone does not say how far it is. */
export const pageOf = (query: URLSearchParams): number => {
  const page = Number(query.get('page'));
  return query.get('cursor') && Number.isInteger(page) && page > 1 ? page : 1;
};
