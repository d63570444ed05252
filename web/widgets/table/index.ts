import type { ChartShape } from '../shape';
import TableSkeleton from './TableSkeleton.svelte';

export default { asks: true, load: () => import('./Table.svelte'), skeleton: TableSkeleton } satisfies ChartShape;
