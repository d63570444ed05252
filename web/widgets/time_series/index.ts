import type { WidgetShape } from '../shape';
import TimeSeriesSkeleton from './TimeSeriesSkeleton.svelte';

export default { load: () => import('./TimeSeries.svelte'), skeleton: TimeSeriesSkeleton } satisfies WidgetShape;
