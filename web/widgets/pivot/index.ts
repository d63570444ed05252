import type { ChartShape } from '../shape';
import TableSkeleton from '../table/TableSkeleton.svelte';

export default { asks: true, load: () => import('./Pivot.svelte'), skeleton: TableSkeleton } satisfies ChartShape;
