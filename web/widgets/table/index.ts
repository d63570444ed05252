import type { WidgetShape } from '../shape';
import TableSkeleton from './TableSkeleton.svelte';

export default { load: () => import('./Table.svelte'), skeleton: TableSkeleton } satisfies WidgetShape;
