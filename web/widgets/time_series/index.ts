import type { ChartShape } from '../shape';
import TimeSeriesSkeleton from './TimeSeriesSkeleton.svelte';

export default { asks: true, load: () => import('./TimeSeries.svelte'), skeleton: TimeSeriesSkeleton } satisfies ChartShape;
