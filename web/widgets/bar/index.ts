import type { ChartShape } from '../shape';
import BarSkeleton from './BarSkeleton.svelte';

export default { asks: true, load: () => import('./Bar.svelte'), skeleton: BarSkeleton } satisfies ChartShape;
