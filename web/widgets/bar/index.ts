import type { WidgetShape } from '../shape';
import BarSkeleton from './BarSkeleton.svelte';

export default { load: () => import('./Bar.svelte'), skeleton: BarSkeleton } satisfies WidgetShape;
