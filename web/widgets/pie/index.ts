import type { ChartShape } from '../shape';
import PieSkeleton from './PieSkeleton.svelte';

export default { asks: true, load: () => import('./Pie.svelte'), skeleton: PieSkeleton } satisfies ChartShape;
