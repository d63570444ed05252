import type { ChartShape } from '../shape';
import MapSkeleton from './MapSkeleton.svelte';

export default { asks: true, load: () => import('./Map.svelte'), skeleton: MapSkeleton } satisfies ChartShape;
